using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What backfill answers.</summary>
internal sealed record BackfillReport(string Environment, string Database, string Target, string? Run, string Outcome, string? Words, BackfillPlanReport? Plan, IReadOnlyList<BackfillStatusReport> Backfills);

/// <summary>What a backfill goes through.</summary>
internal sealed record BackfillPlanReport(string Table, string Key, string? Last, long? Rows);

/// <summary>One backfill.</summary>
internal sealed record BackfillStatusReport(
    string Id, int Statement, string Sql, string Table, IReadOnlyList<string> Key, string State, bool PauseAsked, long Scanned, long? Rows, long Changed, int Batches, DateTimeOffset StartedAt, DateTimeOffset UpdatedAt, string Run);

/// <summary>Words backfills for people and as data.</summary>
internal static class BackfillText
{
    /// <summary>All of a target.</summary>
    public static Report Status(ChosenTarget chosen, IReadOnlyList<BackfillStatus> all) => Of(
        chosen, null, "shown", null, null, all, ExitCode.Done,
        all.Count == 0 ? new Line("no backfill has run here") : new Table(["backfill", "table", "key", "state", "done", "changed", "batches", "last batch"], [.. all.Select(Row)]));

    /// <summary>Something was done with them.</summary>
    public static Report Said(ChosenTarget chosen, string words) => Of(chosen, null, "asked", words, null, [], ExitCode.Done, new Line(words, Tone.Good));

    /// <summary>One that ran alone, or would.</summary>
    public static Report Ran(ChosenTarget chosen, BackfillRunResult result, IReadOnlyList<BackfillStatus> all)
    {
        var (step, look) = (result.Step, result.Look);
        var mine = all.Where(one => one.Id == step.Step.Id).ToList();
        var range = $"{look.Table} by {look.Key}, up to {(look.Last is { } last ? $"key {last}" : "nothing: the table is empty")}{(look.Rows is { } rows ? $", about {rows:N0} rows" : ", nobody has counted its rows")}";
        var words = step.State switch
        {
            StepState.Planned => "would run; nothing was changed",
            StepState.Done => $"{mine.Sum(one => one.Changed):N0} rows changed in {Durations.Words(step.Duration)} (run {result.Run})",
            _ => $"{mine.Sum(one => one.Changed):N0} rows changed so far (run {result.Run})",
        };
        var exit = step.State switch
        {
            StepState.Planned or StepState.Done when step.Error is null => ExitCode.Done,
            StepState.PartlyDone => ExitCode.PartlyApplied,
            _ => step.Error?.Exit is ExitCode.Refused ? ExitCode.Refused : ExitCode.Failed,
        };
        return Of(
            chosen, result.Run, RunText.Snake(step.State.ToString()), words, new BackfillPlanReport(look.Table, look.Key, look.Last, look.Rows), mine, exit,
            new Line(range), new Line(words, step.State is StepState.Done ? Tone.Good : step.State is StepState.Planned ? Tone.Plain : Tone.Bad)).WithError(step.Error);
    }

    private static Report Of(ChosenTarget chosen, string? run, string outcome, string? words, BackfillPlanReport? plan, IReadOnlyList<BackfillStatus> all, ExitCode exit, params ReadOnlySpan<Block> blocks)
    {
        var data = new BackfillReport(chosen.Environment.Name, chosen.Database.Name, chosen.Target.Name, run, outcome, words, plan, [.. all.Select(Data)]);
        return Report.Of(data, () => MigrateJson.Default.BackfillReport, [new Heading($"backfills of {chosen.Database.Name} on {chosen.Environment.Name} ({chosen.Target.Name})"), .. blocks], exit);
    }

    private static BackfillStatusReport Data(BackfillStatus one) =>
        new(one.Id, one.Statement, one.Sql, one.Table, one.Key, one.State, one.PauseAsked, one.Scanned, one.Rows, one.Changed, one.Batches, one.StartedAt, one.UpdatedAt, one.Run);

    private static IReadOnlyList<Cell> Row(BackfillStatus one) =>
    [
        $"{one.Id}, statement {one.Statement}", one.Table, string.Join(", ", one.Key),
        new Cell(one is { State: "running", PauseAsked: true } ? "pausing" : one.State, one.State switch { "done" => Tone.Good, "running" => Tone.Plain, _ => Tone.Warning }),
        one.State == "done" ? "100 %" : one.Rows is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(99, 100 * one.Scanned / one.Rows.Value)} %") : $"{one.Scanned:N0} rows",
        $"{one.Changed:N0}", $"{one.Batches}", one.UpdatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
    ];
}
