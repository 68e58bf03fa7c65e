using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>What became of one migration when another tool's history was held against the folder.</summary>
internal enum AdoptionVerdict
{
    /// <summary>It is in place, and the file is the one that was applied as far as the tool's checksum can tell.</summary>
    Verified,

    /// <summary>The tool took it as done without running it: nothing in the database is by its doing.</summary>
    Marked,

    /// <summary>It is in place, and the file is another one now.</summary>
    Edited,

    /// <summary>It is in place, and there is no file.</summary>
    Missing,

    /// <summary>There is a file and no row, or a repeatable migration whose file changed: it is pending.</summary>
    Unknown,

    /// <summary>It failed, or began and did not end.</summary>
    Failed,
}

/// <summary>One migration of the comparison.</summary>
/// <param name="Id">Its id in Lockkeeper's history.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Words">Why, in words.</param>
/// <param name="Migration">The migration of the folder; null when it has no file.</param>
/// <param name="Row">The tool's row that speaks for it; null when there is none.</param>
internal sealed record AdoptedMigration(string Id, AdoptionVerdict Verdict, string Words, Migration? Migration, ForeignRow? Row)
{
    /// <summary>Whether it is in place according to the tool.</summary>
    public bool InPlace => Verdict is AdoptionVerdict.Verified or AdoptionVerdict.Marked or AdoptionVerdict.Edited or AdoptionVerdict.Missing;

    /// <summary>Whether it ran, so that the database has what its file makes.</summary>
    public bool HasRun => Row is not null && Row.Outcome != ForeignOutcome.Marked;

    /// <summary>Whether its author allows for the file to be another one than was applied.</summary>
    public bool AcceptsEdit { get; init; }

    /// <summary>Its file.</summary>
    public string File => Migration?.Up.File ?? Row?.File ?? "";

    /// <summary>What makes it the same migration as a row of Lockkeeper's history.</summary>
    public MigrationKey Key => Migration?.Key ?? Row!.Key;

    /// <summary>Its row in Lockkeeper's history: the file's hash, so that a later edit is seen; no hash where no file speaks for what is in place.</summary>
    /// <param name="adopter">Who adopts, for rows that do not say who applied them.</param>
    /// <param name="now">When, likewise.</param>
    public HistoryRow ToRow(string adopter, DateTimeOffset now)
    {
        var baseline = Row!.Outcome is ForeignOutcome.Baseline or ForeignOutcome.Marked;
        return new HistoryRow(
            0, Id, Migration?.Kind ?? Row.Key.Kind, Migration?.Name ?? "", File, Migration is null || baseline ? "" : Migration.Up.Sha256, "", "",
            Row.By.Length > 0 ? Row.By : adopter, Row.At ?? now, default, baseline ? HistoryOutcome.Baseline : HistoryOutcome.Applied);
    }
}

/// <summary>Another tool's history held against a series, file by file. A pure function of rows and files.</summary>
internal static class AdoptionComparison
{
    private const string MarkedWords = "the tool marked it as run without running it";

    /// <summary>Compares them: what is in place in the order in which the tool applied it, then what is pending in the order of the series.</summary>
    public static IReadOnlyList<AdoptedMigration> Of(MigrationSeries series, IReadOnlyList<ForeignRow> rows, IForeignTool tool, SeriesFiles files)
    {
        // What the tool has of other projects in the same database is the business of their own series.
        rows = [.. rows.Where(row => row.Project is null || row.Project == series.Project)];
        var recorded = series.Migrations.Where(migration => migration.RecordedAs is not null).ToLookup(migration => migration.RecordedAs!, StringComparer.Ordinal);
        rows = [.. rows.Select(row => row with { Key = Named(recorded[row.Id], row, tool, files)?.Key ?? row.Key })];
        var byKey = series.Migrations.ToDictionary(migration => migration.Key);
        var ownRow = rows.Select(row => row.Key).ToHashSet();
        var cover = rows.Where(row => row.CoversOlder && row.Version is not null).MaxBy(row => row.Version);
        var found = new List<AdoptedMigration>();
        foreach (var row in rows)
        {
            if (ReferenceEquals(row, cover))
                found.AddRange(series.Migrations.Where(migration => IsCovered(migration, cover) && !ownRow.Contains(migration.Key)).Select(migration => Covered(migration, cover)));
            found.Add(byKey.TryGetValue(row.Key, out var own) ? WithFile(own, row, tool, files) : WithoutFile(row, series));
        }

        var seen = found.Select(migration => migration.Key).ToHashSet();
        // A baseline migration is for an empty target: on this one it has nothing to say.
        found.AddRange(series.Migrations.Where(migration => migration is { Disabled: false, Kind: not MigrationKind.Baseline } && !seen.Contains(migration.Key))
            .Select(migration => new AdoptedMigration(migration.Id, AdoptionVerdict.Unknown, "not applied: it is pending", migration, null)));
        return found;
    }

    /// <summary>The migration that the tool calls so; of several the one that is as it was applied.</summary>
    private static Migration? Named(IEnumerable<Migration> candidates, ForeignRow row, IForeignTool tool, SeriesFiles files) =>
        candidates.FirstOrDefault(migration => tool.Check(row, migration, files).Verdict == ChecksumVerdict.Same) ?? candidates.FirstOrDefault();

    private static bool IsCovered(Migration migration, ForeignRow cover) => migration.Kind == MigrationKind.Versioned && migration.Version!.CompareTo(cover.Version) < 0;

    private static AdoptedMigration Covered(Migration migration, ForeignRow cover) => cover.Outcome switch
    {
        ForeignOutcome.Failed => new(migration.Id, AdoptionVerdict.Verified, $"in place: version {cover.Id} began after it", migration, cover with { Outcome = ForeignOutcome.Applied }),
        ForeignOutcome.Baseline => new(migration.Id, AdoptionVerdict.Verified, $"below the baseline {cover.Id}", migration, cover),
        _ => new(migration.Id, AdoptionVerdict.Verified, $"in place: the table is at version {cover.Id} and keeps no checksums", migration, cover),
    };

    private static AdoptedMigration WithFile(Migration migration, ForeignRow row, IForeignTool tool, SeriesFiles files)
    {
        if (row.Outcome == ForeignOutcome.Failed)
            return new(migration.Id, AdoptionVerdict.Failed, "it failed, or began and did not end", migration, row);
        if (row.Outcome == ForeignOutcome.Baseline)
            return new(migration.Id, AdoptionVerdict.Verified, $"the baseline {row.Id}", migration, row);
        if (row.Outcome == ForeignOutcome.Marked)
            return new(migration.Id, AdoptionVerdict.Marked, MarkedWords, migration, row);
        var answer = tool.Check(row, migration, files);
        return answer.Verdict switch
        {
            ChecksumVerdict.Differs when migration.Kind == MigrationKind.Repeatable => new(migration.Id, AdoptionVerdict.Unknown, $"it runs again: {answer.Words}", migration, row),
            ChecksumVerdict.Differs => new(migration.Id, AdoptionVerdict.Edited, answer.Words, migration, row),
            _ => new(migration.Id, AdoptionVerdict.Verified, answer.Words, migration, row) { AcceptsEdit = answer.AcceptsEdit },
        };
    }

    private static AdoptedMigration WithoutFile(ForeignRow row, MigrationSeries series)
    {
        var id = row.Version is null ? row.Key.Id : row.Key.Kind == MigrationKind.Baseline ? $"B:{row.Id}" : row.Id;
        return row.Outcome switch
        {
            ForeignOutcome.Failed => new(id, AdoptionVerdict.Failed, "it failed, or began and did not end, and is not in the folder", null, row),
            ForeignOutcome.Baseline => new(id, AdoptionVerdict.Verified, "a baseline, which needs no file", null, row),
            ForeignOutcome.Marked => new(id, AdoptionVerdict.Marked, $"{MarkedWords}, so it needs no file", null, row),
            _ => new(id, AdoptionVerdict.Missing, $"applied, and not among the {series.Migrations.Count} migrations of the folder", null, row),
        };
    }
}
