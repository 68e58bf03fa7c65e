using System.Text;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Lock modes as pg_locks writes them, for example <c>AccessExclusiveLock</c>.</summary>
internal static class PgLockMode
{
    private static readonly string[] Modes = ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"];

    /// <summary>The weakest mode that each, from ACCESS SHARE on, conflicts with; SHARE alone leaves a gap, itself (manual, "Conflicting Lock Modes").</summary>
    private static readonly int[] WeakestConflict = [7, 6, 4, 3, 2, 2, 1, 0];

    /// <summary>Whether two modes, in the manual's words, keep each other out.</summary>
    public static bool Conflict(string one, string other)
    {
        var (a, b) = (Array.IndexOf(Modes, one), Array.IndexOf(Modes, other));
        return a >= 0 && b >= WeakestConflict[a] && !(one == "SHARE" && other == "SHARE");
    }

    /// <summary>In the manual's words: <c>ACCESS EXCLUSIVE</c>.</summary>
    public static string Words(string mode)
    {
        var words = new StringBuilder();
        foreach (var letter in mode.EndsWith("Lock", StringComparison.Ordinal) ? mode[..^4] : mode)
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
                words.Append(' ');
            words.Append(char.ToUpperInvariant(letter));
        }

        return words.ToString();
    }
}
