using System.Text;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Lock modes as pg_locks writes them, for example <c>AccessExclusiveLock</c>.</summary>
internal static class PgLockMode
{
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
