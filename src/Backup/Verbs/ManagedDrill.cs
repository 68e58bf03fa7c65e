using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.PostgreSql.Drills;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Rds;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary>What <c>lk backup drill</c> does for a cluster that a managed service runs.</summary>
/// <param name="Target"><c>snapshot</c>, <c>random</c>, <c>latest</c> or a time; null for by turns.</param>
/// <param name="Set">A snapshot; null for none.</param>
/// <param name="Limit">How long the service may take, and then the looking.</param>
/// <param name="DryRun">Whether it is only said what would be made.</param>
internal sealed record ManagedDrill(string? Target, string? Set, TimeSpan Limit, bool DryRun)
{
    /// <summary>What is left of the time of a drill for connecting and removing.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    public async Task<Report> RunAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var (policy, managed) = (cluster.Backup?.Value ?? new BackupConfig(), cluster.Managed!.Value);
        if (!cluster.Engine.EndsWith("-postgres", StringComparison.Ordinal))
            throw new LockkeeperException(BackupErrors.NotDrillable, $"drills of {cluster.Engine} are not held: what a drill asks is PostgreSQL's", "Restore by hand and look: lk backup restore.", cluster.Managed.At);
        Questions.Require(policy.Checks);
        var login = await CopyLogin.OfAsync(cluster, workspace, cancel);
        var (backups, record, run) = (RdsBackups.Of(cluster, workspace), new BackupRecord(cluster, workspace), RunId.New(workspace.Clock));
        // Before the service is asked for anything: here another drill is known without it.
        using var turn = DryRun ? null : DrillTurn.Take(cluster, workspace);
        var (at, times) = (workspace.Clock.GetUtcNow(), new PhaseTimes(workspace.Progress));
        var drills = await record.DrillsAsync(cancel);
        var (view, choice) = ((ManagedView?)null, (ManagedChoice?)null);
        await times.TimeAsync("chosen", async () =>
        {
            view = await backups.ReadAsync(cancel);
            choice = ManagedChoice.OfDrill(cluster.Name, view, Target, Set, drills.LastOrDefault(), Random.Shared.NextDouble());
        });
        var forecast = Forecast.OfManaged(drills);
        var name = ManagedDrillRun.NameFor(managed.Identifier ?? cluster.Name);
        if (turn is null)
            return DrillText.DryRun(cluster.Name, run, choice!.Set, forecast?.Expected, [.. Text(cluster, policy, choice, name, forecast, await backups.DrillsAsync(cancel))]);
        var left = await turn.RemoveLeftAsync(backups, cluster, workspace, Limit, cancel);
        var outcome = new DrillOutcome
        {
            Set = choice!.Set,
            At = at,
            DatabaseBytes = choice.Bytes,
            Forecast = forecast?.Expected,
            RandomMoment = choice.Random,
            Checks = left.Count == 0 ? [] : [new DrillCheck("left by earlier drills", null, $"{string.Join(", ", left)} removed")],
        };
        var wish = new CopyWish(name, Limit) { Class = policy.Drill.Class, Drill = new DrillMark(turn.Holder, workspace.Clock.GetUtcNow() + Limit + Limit + Rest) };
        outcome = await new ManagedDrillRun(policy, backups, login, workspace, Limit).RunAsync(choice, view!, wish, times, outcome, cancel);
        var body = DrillText.Body(outcome);
        (body["target"], body["instance"]) = (choice.Kind, name);
        await record.AppendAsync(BackupRecord.DrilledKind, run, body, cancel);
        return DrillText.Answer(cluster.Name, run, policy, outcome);
    }

    private static IEnumerable<Block> Text(ClusterConfig cluster, BackupConfig policy, ManagedChoice choice, string name, Forecast? forecast, IReadOnlyList<DrillInstance> there)
    {
        yield return new Line($"would restore {choice.Words} into an instance {name}, {policy.Drill.Class ?? $"of the class of {cluster.Name}"}, not public, and remove it again without a snapshot");
        yield return new Line(forecast is null ? "no drill has measured yet how long the service takes; it is paid for from its making to its removal" : $"the service would take about {BackupText.Span(forecast.Expected)} ({BackupText.Span(forecast.Low)} to {BackupText.Span(forecast.High)} by {forecast.Drills} {(forecast.Drills == 1 ? "drill" : "drills")}), and reading all comes after that; the instance is paid for until its removal", Tone.Muted, 1);
        yield return new Line($"would read every table, check indexes where amcheck can be had, and ask {policy.Checks.Count} {(policy.Checks.Count == 1 ? "question" : "questions")} of the policy", Tone.Muted, 1);
        foreach (var one in there)
            yield return new Line($"{one.Name} of an earlier drill is there ({one.Status}){(one.Mark is { } mark ? $", by {mark.Holder} until {BackupText.Time(mark.Until)} at the latest" : "")}", Tone.Warning, 1);
    }
}
