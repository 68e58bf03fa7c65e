using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>The page that says what finds what: its tables are what tests have seen.</summary>
internal static class CheckPage
{
    public const string File = "docs/backup-checks.md";

    /// <summary>Compares a table with the page, or writes it there (see <see cref="Golden"/>).</summary>
    /// <param name="name">The name in the comments around it.</param>
    /// <param name="headers">Its columns.</param>
    /// <param name="rows">Its rows.</param>
    public static void Write(string name, string[] headers, IReadOnlyList<string[]> rows)
    {
        var (text, from, to) = Find(name);
        var lines = new[] { headers, [.. headers.Select(_ => "---")] }.Concat(rows).Select(row => $"| {string.Join(" | ", row)} |");
        Golden.Check(File, text[..from] + string.Join('\n', lines) + "\n" + text[to..]);
    }

    /// <summary>The first column of a table of the page.</summary>
    public static IReadOnlyList<string> Names(string name)
    {
        var (text, from, to) = Find(name);
        return [.. text[from..to].Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).Select(line => line.Split('|')[1].Trim())];
    }

    private static (string Text, int From, int To) Find(string name)
    {
        var text = System.IO.File.ReadAllText(RepositoryRoot.Path(File));
        var (begin, end) = ($"<!-- {name}: written by tests -->\n", $"<!-- end of {name} -->");
        return (text, text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, text.IndexOf(end, StringComparison.Ordinal));
    }
}
