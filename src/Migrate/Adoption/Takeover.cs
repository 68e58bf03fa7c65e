using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>What an adopted tool did on its own since Lockkeeper looked last: its rows held against Lockkeeper's. A pure function of both.</summary>
internal sealed class Takeover
{
    private readonly LockkeeperException? problem;

    private Takeover(IReadOnlyList<AdoptedMigration> applied, IReadOnlyList<HistoryRow> undone, IReadOnlyList<Finding> findings, IReadOnlyList<HistoryRow> rows, LockkeeperException? problem = null)
    {
        this.problem = problem;
        Applied = applied;
        Undone = undone;
        Findings = findings;
        Rows = rows;
    }

    /// <summary>Nothing was adopted, or the tool did nothing.</summary>
    public static Takeover None(IReadOnlyList<HistoryRow> rows) => new([], [], [], rows);

    /// <summary>What the tool applied and Lockkeeper's history lacks.</summary>
    public IReadOnlyList<AdoptedMigration> Applied { get; }

    /// <summary>What Lockkeeper's history has in place and the tool's does not any more.</summary>
    public IReadOnlyList<HistoryRow> Undone { get; }

    /// <summary>One for each of them: a warning for what the next run takes over, an error for what a person has to decide.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>Lockkeeper's history as it will be when everything is taken over.</summary>
    public IReadOnlyList<HistoryRow> Rows { get; }

    /// <summary>Whether there is something to take over.</summary>
    public bool IsNeeded => Applied.Count > 0;

    /// <summary>Compares them.</summary>
    public static Takeover Of(MigrationSeries series, TargetState state, SeriesFiles files)
    {
        if (state.Adopted is not { Adoption.IsKept: true } adopted)
            return None(state.Rows);
        if (adopted.Tool is null || adopted.Problem is not null)
        {
            var finding = new Finding("adopted-table", Severity.Error, adopted.Problem?.Message ?? "", null, adopted.Problem?.Hint);
            return new Takeover([], [], [finding], state.Rows, adopted.Problem);
        }

        var tool = adopted.Tool.Name;
        var theirs = AdoptionComparison.Of(series, adopted.Rows, adopted.Tool, files);
        var ours = state.Rows.Where(row => row.InPlace).ToDictionary(row => row.Key, row => row.Sha256);
        var applied = theirs.Where(migration => (migration.InPlace || migration.Verdict == AdoptionVerdict.Failed) && IsNew(migration, ours)).ToList();
        var inPlace = theirs.Where(migration => migration.Row is not null).Select(migration => migration.Key).ToHashSet();
        var undone = state.Rows.Where(row => row.InPlace && !inPlace.Contains(row.Key) && row.Kind != MigrationKind.Baseline).ToList();

        List<Finding> findings = [.. applied.Select(migration => Found(migration, tool)), .. undone.Select(row => Gone(row, tool, adopted.Adoption))];
        var order = state.Rows.Count == 0 ? 0 : state.Rows.Max(row => row.Order);
        var rows = applied.Where(migration => migration.InPlace).Select(migration => migration.ToRow("", adopted.Adoption.At) with { Order = ++order }).ToList();
        // What the tool takes as it is now counts as what was applied.
        var accepted = theirs.Where(migration => migration.AcceptsEdit).ToDictionary(migration => migration.Key, migration => migration.Migration!.Up.Sha256);
        var before = state.Rows.Where(row => rows.All(taken => taken.Id != row.Id)).Select(row => row.Sha256.Length > 0 && accepted.TryGetValue(row.Key, out var now) ? row with { Sha256 = now } : row);
        return new Takeover(applied, undone, findings, [.. before, .. rows]);
    }

    /// <summary>Why it cannot be taken over, as one error; null when it can.</summary>
    public LockkeeperException? Refusal()
    {
        if (problem is not null)
            return problem;
        var errors = Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => new LockkeeperException(MigrateErrors.ForeignHistory, finding.Message, finding.Hint, finding.At)).ToList();
        return errors.Count == 0 ? null : new LockkeeperException(errors[0].Code, errors[0].Message, errors[0].Hint, errors[0].At) { Others = [.. errors.Skip(1)] };
    }

    /// <summary>Whether Lockkeeper's history lacks it, or has a repeatable migration as it was before the tool ran it again.</summary>
    private static bool IsNew(AdoptedMigration migration, Dictionary<MigrationKey, string> ours) =>
        !ours.TryGetValue(migration.Key, out var sha256)
        || migration is { Verdict: AdoptionVerdict.Verified, Migration.Kind: MigrationKind.Repeatable } && sha256 != migration.Migration!.Up.Sha256;

    private static Finding Found(AdoptedMigration migration, string tool) => migration.Verdict switch
    {
        AdoptionVerdict.Marked => new(
            "applied-elsewhere", Severity.Warning, $"{migration.Id} was marked as run by {tool} without running it", migration.Migration?.Up.At, "The next 'lk migrate apply' takes it over into its history."),
        AdoptionVerdict.Verified => new(
            "applied-elsewhere", Severity.Warning, $"{migration.Id} was applied by {tool} and not by lk", migration.Migration?.Up.At, "The next 'lk migrate apply' takes it over into its history."),
        AdoptionVerdict.Missing => new(
            "applied-elsewhere", Severity.Error, $"{migration.Id} was applied by {tool}, and its file is not in the folder", null,
            "Check out the release that it came with; 'lk migrate adopt --accept-missing --yes' takes it over without a file."),
        AdoptionVerdict.Edited => new(
            "applied-elsewhere", Severity.Error, $"{migration.Id} was applied by {tool} from another file than {migration.File}: {migration.Words}", migration.Migration?.Up.At,
            "Check out the release that it came with; 'lk migrate adopt --accept-edited --yes' takes it over as it is."),
        _ => new("applied-elsewhere", Severity.Error, $"{migration.Id} failed under {tool}, or began and did not end", migration.Migration?.Up.At, migration.Row?.LookAt),
    };

    private static Finding Gone(HistoryRow row, string tool, AdoptionRecord adoption) => new(
        "undone-elsewhere", Severity.Error, $"{row.Id} is applied here, and {tool} does not have it in {adoption.Schema}.{adoption.Table} any more", null,
        $"When {tool} rolled it back, 'lk migrate adopt --yes' compares the schema and takes that over; otherwise put the row back.");
}
