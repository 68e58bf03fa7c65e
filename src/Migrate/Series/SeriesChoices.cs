namespace Lockkeeper.Migrate.Series;

/// <summary>What the configuration says about which migrations of a folder count, for formats that know of that.</summary>
/// <param name="Contexts">The contexts that hold; with none, all do.</param>
/// <param name="LabelFilter">An expression over labels; empty for all.</param>
/// <param name="Placeholders">Values that go before those of the files.</param>
/// <param name="ChangelogRoot">The folder's path as its changelogs write it; empty to find it out.</param>
internal sealed record SeriesChoices(IReadOnlyList<string> Contexts, string LabelFilter, IReadOnlyDictionary<string, string> Placeholders, string ChangelogRoot = "");
