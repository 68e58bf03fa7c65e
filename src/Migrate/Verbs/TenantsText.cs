using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>Words a run over tenants for people and as data.</summary>
internal static class TenantsText
{
    /// <summary>More lines than this nobody reads; the JSON answer has all.</summary>
    private const int ShownTenants = 20;

    private const int ShownNames = 3;

    public static TenantsRun Data(TenantsResult result, bool withScripts) => new(
        result.Database.Name, result.Run, Outcome(result), result.Series.Format, result.Series.Artifact, All(result), result.Count(TenantOutcome.Done),
        result.IsDryRun ? result.Plan.Finished.Count() : result.Count(TenantOutcome.UpToDate),
        result.Count(TenantOutcome.Failed, TenantOutcome.PartlyApplied), result.Count(TenantOutcome.NotStarted), result.StoppedBecause, result.Parallel, result.MostFailures,
        Math.Round(result.Duration.TotalMilliseconds), [.. result.Canaries.Select(tenant => tenant.Name)],
        [
            .. result.Plan.Groups.Select(group => new TenantGroupReport(
                [.. group.Tenants.Select(tenant => tenant.Name)], group.Draft is { } draft ? [.. draft.Plan.Steps.Select(step => RunText.StepData(new StepResult(step, StepState.Planned, default), draft, withScripts))] : [],
                group.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null)),
            .. result.Plan.Lost.Select(lost => new TenantGroupReport([lost.Tenant.Name], [], $"{lost.Error.Code.Id}: {lost.Error.Message}")),
        ],
        [.. result.Tenants.Select(Data)], [.. result.Refusals.Select(refusal => refusal.Message)],
        [.. result.RestorePoints.Select(point => new RestorePointReport(point.Cluster, point.Name, point.Step, point.Command))]);

    public static IEnumerable<Block> Blocks(string environment, TenantsResult result)
    {
        var series = result.Series;
        yield return new Heading($"{series.Name} on {environment} ({Plural.Of(All(result), "tenant")})");
        yield return new Line($"release {series.Artifact[..12]}, {Plural.Of(series.Migrations.Count, "migration")}, format {series.Format} ({series.FormatReason})", Tone.Muted);
        if (result.IsDryRun)
        {
            foreach (var block in Plan(result))
                yield return block;
            yield break;
        }

        var worthALine = result.Tenants.Where(tenant => tenant.Error is not null || tenant.Gates.Count > 0).ToList();
        if (worthALine.Count > 0)
        {
            yield return new Table(
                ["tenant", "state", "in place from this run", "time", "error"],
                [.. worthALine.Take(ShownTenants).Select(Row)]);
        }

        if (worthALine.Count > ShownTenants)
            yield return new Line($"… and {worthALine.Count - ShownTenants} more (--json has all)", Tone.Muted);
        foreach (var line in RestorePoints(result))
            yield return line;
        yield return Ending(result);
    }

    private static IEnumerable<Line> RestorePoints(TenantsResult result) =>
        result.RestorePoints.Select(point => new Line($"before the first tenant, for {point.Step}: {point.Words}; the way back: {point.Command}", Tone.Warning));

    private static IEnumerable<Block> Plan(TenantsResult result)
    {
        var refused = result.Plan.Groups.Where(group => group.Error is not null).ToList();
        foreach (var group in result.Plan.Groups.Except(refused.Skip(ShownTenants)))
        {
            var who = $"{Plural.Of(group.Tenants.Count, "tenant")} ({Names(group.Tenants)})";
            if (group.Error is { } error)
                yield return new Line($"{who}: would be refused: {error.Code.Id}: {error.Message}", Tone.Bad);
            else if (group.IsDone)
                yield return new Line($"{who}: nothing to do", Tone.Good);
            else
            {
                yield return new Line($"{who}: {Plural.Of(group.Draft!.Plan.Steps.Count, "step")}", Tone.Strong);
                yield return RunText.PlanTable(group.Draft.Plan.Steps);
            }
        }

        if (refused.Count > ShownTenants)
            yield return new Line($"… and {refused.Count - ShownTenants} more that would be refused (--json has all)", Tone.Bad);
        foreach (var (tenant, error) in result.Plan.Lost.Take(ShownTenants))
            yield return new Line($"{tenant.Name}: {error.Code.Id}: {error.Message}", Tone.Bad);
        foreach (var line in RestorePoints(result))
            yield return line;
        foreach (var refusal in result.Refusals)
            yield return new Line($"would be refused: {refusal.Code.Id}: {refusal.Message}", Tone.Warning);
        var first = result.Canaries.Count == 0 ? "" : $", {Names(result.Canaries)} first";
        yield return new Line($"{Plural.Of(result.Plan.Waiting.Count(), "tenant")} would be changed, {result.Parallel} at a time{first}; nothing was changed");
    }

    private static IReadOnlyList<Cell> Row(TenantResult result) =>
    [
        result.Tenant.Name, new Cell(RunText.Snake(result.Outcome.ToString()).Replace('_', ' '), result.Error is null ? Tone.Good : Tone.Bad), string.Join(", ", result.Steps),
        result.Duration > TimeSpan.Zero ? Durations.Words(result.Duration) : "",
        result.Error is { } error ? new Cell($"{error.Code.Id}: {error.Message}", Tone.Bad) : string.Join(", ", result.Gates.Select(gate => $"gate {gate.Name}: {(gate.Passed ? "passed" : gate.Words)}")),
    ];

    private static Line Ending(TenantsResult result)
    {
        var (done, same, failed, left) = (result.Count(TenantOutcome.Done), result.Count(TenantOutcome.UpToDate), result.Count(TenantOutcome.Failed, TenantOutcome.PartlyApplied), result.Count(TenantOutcome.NotStarted));
        var verb = result.IsRollback ? "rolled back" : "done";
        if (done + failed + left == 0)
            return new Line($"nothing to do: all {Plural.Of(same, "tenant")} {(result.IsRollback ? "have nothing to undo" : "are at this release; 'lk migrate verify' looks for drift in them")}", Tone.Good);
        var words = $"{done} {verb}, {same} had nothing to do, {failed} failed, {left} not started";
        if (result.Run is { } run)
            words += $", in {Durations.Words(result.Duration)} (run {run})";
        return new Line(result.StoppedBecause is { } why ? $"{words}; stopped because {why}" : words, failed + left == 0 ? Tone.Good : Tone.Bad);
    }

    private static TenantReport Data(TenantResult result) => new(
        result.Tenant.Name, RunText.Snake(result.Outcome.ToString()), result.Duration > TimeSpan.Zero ? Math.Round(result.Duration.TotalMilliseconds, 1) : null, result.Steps, result.Fingerprint,
        [.. result.Gates.Select(gate => new GateReport(gate.Name, gate.Passed, gate.Words, gate.Duration.TotalMilliseconds, gate.Output))],
        result.Error?.Code.Id, result.Error?.Message, result.Error?.At?.ToString());

    private static string Outcome(TenantsResult result) => result switch
    {
        { IsDryRun: true } => "planned",
        { Succeeded: true } => result.Tenants.Any(tenant => tenant.Changed) ? "done" : "nothing_to_do",
        _ => result.Tenants.Any(tenant => tenant.Changed) ? "partly_applied" : "failed",
    };

    private static int All(TenantsResult result) => result.Plan.Groups.Sum(group => group.Tenants.Count) + result.Plan.Lost.Count;

    /// <summary>The first of them by name, and how many more.</summary>
    public static string Names(IReadOnlyList<Tenant> tenants) =>
        string.Join(", ", tenants.Take(ShownNames).Select(tenant => tenant.Name)) + (tenants.Count > ShownNames ? $" and {tenants.Count - ShownNames} more" : "");
}
