using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>Words a run for people and as data.</summary>
internal static class RunText
{
    /// <summary>The report of a run over one or more databases.</summary>
    public static Report Of(string environment, bool dryRun, bool withScripts, IReadOnlyList<RunResult> results, IReadOnlyList<TenantsResult>? tenants = null)
    {
        tenants ??= [];
        var data = new RunReport(dryRun, environment, [.. results.Select(result => Data(result, withScripts))], [.. tenants.Select(result => TenantsText.Data(result, withScripts))]);
        var text = results.SelectMany(result => Blocks(environment, result, withScripts)).Concat(tenants.SelectMany(result => TenantsText.Blocks(environment, result))).ToList();
        var exit = results.Select(result => dryRun && result.Error is not null ? ExitCode.Findings : result.Exit).Concat(tenants.Select(result => result.Exit)).Max();
        return Report.Of(data, () => MigrateJson.Default.RunReport, text, exit).WithError(dryRun ? null : results.Select(result => result.Error).Concat(tenants.Select(result => result.Error)).FirstOrDefault(error => error is not null));
    }

    private static DatabaseRun Data(RunResult result, bool withScripts) => new(
        result.Draft.Series.Name, result.TargetName, result.Draft.State.Server, result.Run, Snake(result.Outcome.ToString()), result.Draft.Series.Format, result.Draft.Series.Artifact,
        [.. result.Steps.Select(step => StepData(step, result.Draft, withScripts) with { LockRecord = LockData(result.Locks.Of(step.Step.Id)) })],
        [.. result.Gates.Select(gate => new GateReport(gate.Name, gate.Passed, gate.Words, gate.Duration.TotalMilliseconds, gate.Output))],
        result.Health is { } health ? new HealthReport(health.Passed, health.Words, health.P95Before, health.P95After, health.MostWaiting, health.Samples, health.Source) : null,
        result.Draft.Drift, result.Before?.Fingerprint, result.After?.Fingerprint, result.LeftOver, [.. Warnings(result)],
        result.Outcome == RunOutcome.Planned && result.Error is { } error ? [error.Message, .. error.Others.Select(other => other.Message)] : [],
        [.. result.Draft.Comparison.Held.Select(held => new HeldReport(held.Migration.Id, held.Reasons))],
        result.Draft.RestorePoint is { } point ? new RestorePointReport(point.Cluster, point.Name, point.Step, point.Command) : null);

    public static StepReport StepData(StepResult result, Draft draft, bool withScripts)
    {
        var (step, migration) = (result.Step, draft.Migrations.GetValueOrDefault(result.Step.Id));
        return new StepReport(
            step.Id, step.Words, Snake(result.State.ToString()), result.State is StepState.Planned or StepState.NotReached ? null : Math.Round(result.Duration.TotalMilliseconds, 1),
            Snake(step.Impact.Risk.ToString()), step.Impact.Locks, step.Impact.Losses, Snake(step.Undo.Kind.ToString()), migration?.Up.InTransaction ?? true, migration?.Up.Source.File ?? "", withScripts ? step.Script : null);
    }

    private static LockReport? LockData(LockRecord? record) => record is null ? null : new LockReport(
        record.Words(), [.. record.Held.Select(held => new HeldLockReport(held.Relation, held.Mode, Milliseconds(held.From), Milliseconds(held.For), held.AtMost))],
        record.Samples, record.MostWaiting, Milliseconds(record.LongestWait), record.Waiting, [.. record.Missed.Select(missed => new MissedTryReport(missed.Try, missed.Why, missed.HeldBy))], record.Terminated, record.NotWatched);

    private static IEnumerable<Block> Blocks(string environment, RunResult result, bool withScripts)
    {
        var series = result.Draft.Series;
        yield return new Heading($"{series.Name} on {environment} ({result.TargetName}, {result.Draft.State.Server}{(result.Draft.State.IsPooled ? ", through a pooler" : "")})");
        yield return new Line($"release {series.Artifact[..12]}, {Plural.Of(series.Migrations.Count, "migration")}, format {series.Format} ({series.FormatReason})", Tone.Muted);
        foreach (var warning in Warnings(result))
            yield return new Line(warning, Tone.Warning);
        foreach (var held in result.IsRollback ? [] : result.Draft.Comparison.Held)
            yield return new Line(held.Words, Tone.Warning);
        if (result.Steps.Count > 0)
            yield return StepTable(result);
        foreach (var step in result.Steps)
        {
            if (result.Locks.Of(step.Step.Id)?.Words() is { } words)
                yield return new Line($"{step.Step.Id}: {words}", Tone.Muted, 1);
        }

        if (result.Draft.RestorePoint is { } point)
            yield return new Line($"before {point.Step}: {point.Words}; the way back: {point.Command}", Tone.Warning);
        foreach (var gate in result.Gates)
            yield return new Line($"gate {gate.Name}: {(gate.Passed ? "passed" : gate.Words)} ({Durations.Words(gate.Duration)})", gate.Passed ? Tone.Good : Tone.Bad);
        if (result.Health is { } health)
            yield return new Line($"health: {health.Words} (p95 {Milliseconds(health.P95Before)} before, {Milliseconds(health.P95After)} at worst after; at most {health.MostWaiting} waiting; {health.Source})", health.Passed ? Tone.Good : Tone.Bad);
        yield return Ending(result);
        if (result is { Outcome: RunOutcome.Planned, IsRollback: false } && result.Steps.Count(step => result.Draft.Migrations.ContainsKey(step.Step.Id) && step.Step.Undo.Kind != UndoKind.Proven) is > 0 and var oneWay)
            yield return new Line($"{Plural.Of(oneWay, "step")} without a proven way back: 'lk migrate prove' goes it on a shadow", Tone.Muted);
        foreach (var difference in result.LeftOver)
            yield return new Line($"the way back left a difference: {difference}", Tone.Bad, 1);
        if (result.Outcome == RunOutcome.Planned && result.Error is { } refusal)
        {
            foreach (var error in refusal.Others.Prepend(refusal))
            {
                yield return new Line($"would be refused: {error.Code.Id}: {error.Message}", Tone.Warning);
                foreach (var fact in error.Facts)
                    yield return new Line($"{fact.Label}: {fact.Text}", Tone.Muted, 1);
            }
        }

        if (withScripts)
        {
            foreach (var step in result.Steps)
                yield return new Code(step.Step.Script, "sql");
        }
    }

    private static Table StepTable(RunResult result)
    {
        return result.Outcome == RunOutcome.Planned ? PlanTable(result.Steps.Select(step => step.Step)) : new Table(["step", "state", "time", "way back"], [.. result.Steps.Select(Ran)]);

        static IReadOnlyList<Cell> Ran(StepResult result) =>
        [
            result.Step.Words, new Cell(Words(result.State), result.State switch { StepState.Done => Tone.Good, StepState.NotReached or StepState.Undone or StepState.Left => Tone.Warning, _ => Tone.Bad }),
            result.State == StepState.NotReached ? "" : Durations.Words(result.Duration), WayBack(result.Step.Undo),
        ];
    }

    /// <summary>Steps that would run.</summary>
    public static Table PlanTable(IEnumerable<Step> steps)
    {
        return new Table(["step", "risk", "way back", "locks", "destroys"], [.. steps.Select(Planned)]);

        static IReadOnlyList<Cell> Planned(Step step) =>
        [
            step.Words, new Cell(step.Impact.Risk.ToString().ToLowerInvariant(), step.Impact.Risk switch { Risk.High => Tone.Bad, Risk.Medium => Tone.Warning, _ => Tone.Plain }),
            WayBack(step.Undo), string.Join(", ", step.Impact.Locks), new Cell(string.Join(", ", step.Impact.Losses), Tone.Bad),
        ];
    }

    private static Line Ending(RunResult result)
    {
        var applied = result.Steps.Count(step => step.State == StepState.Done);
        var undone = result.Steps.Count(step => step.State == StepState.Undone);
        var inPlace = result.Steps.Where(step => step.State is StepState.Done or StepState.PartlyDone or StepState.UndoFailed).Select(step => $"{step.Step.Id}{(step.State == StepState.PartlyDone ? " (partly)" : "")}").ToList();
        return result.Outcome switch
        {
            RunOutcome.Planned or RunOutcome.NothingToDo when result.Steps.Count == 0 && result.Draft.Comparison.NotBegun is { } others => new Line($"nothing was interrupted{NotBegun(others)}", Tone.Good),
            RunOutcome.Done when result.Draft.Comparison.NotBegun is { } others and > 0 => new Line($"{applied} finished in {Durations.Words(Total(result))} (run {result.Run}){NotBegun(others)}", Tone.Good),
            RunOutcome.Planned when result.Steps.Count == 0 => new Line("nothing to do", Tone.Good),
            RunOutcome.Planned => new Line($"{Plural.Of(result.Steps.Count, "step")} would run; nothing was changed"),
            RunOutcome.NothingToDo when result.Draft.Comparison.Held.Count > 0 => new Line($"nothing to do: {Plural.Of(result.Draft.Comparison.Held.Count, "migration")} held, and everything else is applied", Tone.Good),
            RunOutcome.NothingToDo => new Line("nothing to do: every migration is applied and the release has passed here", Tone.Good),
            RunOutcome.Done when result.IsRollback => new Line($"{applied} rolled back in {Durations.Words(Total(result))} (run {result.Run}, schema {result.After?.Fingerprint[..12] ?? "not read"})", Tone.Good),
            RunOutcome.Done => new Line($"{applied} applied in {Durations.Words(Total(result))}; the release has passed here (run {result.Run}, schema {result.After?.Fingerprint[..12] ?? "not read"})", Tone.Good),
            RunOutcome.PartlyApplied => new Line($"in place from this run: {string.Join(", ", inPlace)} (run {result.Run})", Tone.Bad),
            _ when undone > 0 => new Line($"rolled back: {undone} undone, nothing of this run is in place (run {result.Run})", Tone.Warning),
            _ => new Line($"nothing of this run is in place{(result.Run is null ? "" : $" (run {result.Run})")}", Tone.Warning),
        };
    }

    private static string NotBegun(int others) => others == 0 ? "" : $"; {Plural.Of(others, "migration")} that {(others == 1 ? "was" : "were")} not begun {(others == 1 ? "is" : "are")} left to 'lk migrate apply'";

    private static IEnumerable<string> Warnings(RunResult result)
    {
        foreach (var finding in result.Draft.Takeover.Findings.Concat(result.Draft.Comparison.Findings))
            yield return finding.Message;
        foreach (var interrupted in result.Draft.State.Interrupted)
            yield return interrupted.Words;
        if (result.Draft.State is { HasStore: true, Recorded: null or { IsCurrent: false }, Rows.Count: > 0 })
            yield return "the run before did not record the schema it left, so a drift since then cannot be seen";
    }

    private static string WayBack(Undo undo) => undo.Kind switch { UndoKind.None => "none", UndoKind.Proven => "proven", _ => "written" };

    private static TimeSpan Total(RunResult result) => result.Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Duration);

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 1);

    private static string Milliseconds(double? number) => number is { } known ? $"{known:0.##} ms" : "not measured";

    private static string Words(StepState state) => Snake(state.ToString()).Replace('_', ' ');

    public static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
