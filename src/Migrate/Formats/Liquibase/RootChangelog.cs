using System.Text.RegularExpressions;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>The changelog that a folder begins with.</summary>
/// <param name="File">The file below the folder; of a folder of formatted SQL without a root changelog, the first one.</param>
/// <param name="IsFolder">Whether there is no root changelog, so that all files of formatted SQL count in the order of their names.</param>
internal sealed partial record RootChangelog(string File, bool IsFolder)
{
    private static readonly string[] Endings = [".xml", ".yaml", ".yml", ".json", ".sql"];

    /// <summary>Looks for it: the file that the configuration names, one with a usual name, the only changelog, or formatted SQL.</summary>
    public static RootChangelog? Find(SeriesFolder folder)
    {
        if (folder.Entry is { } entry)
            return IsChangelog(folder, entry) ? new RootChangelog(entry, false) : null;
        var files = folder.OtherFiles("*").ToList();
        var changelogs = Endings.SelectMany(ending => files.Where(file => file.EndsWith(ending, StringComparison.Ordinal))).Where(file => UsualName().IsMatch(file) && IsChangelog(folder, file)).ToList();
        if (changelogs.Count > 0)
            return new RootChangelog(changelogs.Order(new UsualOrder()).First(), false);
        var others = Endings[..^1].SelectMany(ending => files.Where(file => file.EndsWith(ending, StringComparison.Ordinal))).Where(file => IsChangelog(folder, file)).Take(2).ToList();
        if (others.Count > 0)
            return new RootChangelog(others[0], others.Count > 1);
        return folder.Files.FirstOrDefault() is { } first && IsChangelog(folder, first) ? new RootChangelog(first, true) : null;
    }

    /// <summary>Whether a file is a changelog, by what it holds.</summary>
    public static bool IsChangelog(SeriesFolder folder, string file)
    {
        if (!Endings.Contains(Path.GetExtension(file).ToLowerInvariant()) || !folder.Has(file))
            return false;
        var start = folder.Peek(file);
        return Path.GetExtension(file).Equals(".sql", StringComparison.OrdinalIgnoreCase) ? FormattedSqlLine.IsHeader(start) : start.Contains("databaseChangeLog", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^((db|root)\.)?(changelog)([-_.](master|root|main))?\.|^(master|main|root|liquibase)[-_.]?changelog\.|^master\.", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UsualName();

    /// <summary>A master before a plain changelog, then by name.</summary>
    private sealed class UsualOrder : IComparer<string>
    {
        public int Compare(string? x, string? y) => Rank(x!) != Rank(y!) ? Rank(x!).CompareTo(Rank(y!)) : string.CompareOrdinal(x, y);

        private static int Rank(string file) => file.Contains("master", StringComparison.OrdinalIgnoreCase) || file.Contains("root", StringComparison.OrdinalIgnoreCase) ? 0 : 1;
    }
}
