using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Watching;

/// <summary>Reads all targets again and again, keeps what was read, evaluates the rules and tells the receivers.</summary>
/// <remarks>No part stops another: a target that hangs costs its deadline, a history that cannot be written is a metric and a line, a receiver that is down is tried again.</remarks>
internal sealed class WatchLoop
{
    /// <summary>How long the end of an alert is kept for those who could not be told yet.</summary>
    private static readonly TimeSpan EndsAreKept = TimeSpan.FromHours(1);

    private readonly IExporter exporter;
    private readonly RuleSet rules;
    private readonly IWatchStore store;
    private readonly ObserveConfig config;
    private readonly Workspace workspace;
    private readonly RecentSeries recent;
    private readonly AlertEvaluator evaluator;
    private readonly NotificationPlan plan;
    private readonly Sender sender;
    private readonly WatchMetrics metrics;
    private readonly ClockJumps jumps;
    private readonly AnomalyWatch? anomalies;
    private readonly Dictionary<string, RowLabels> rows = new(StringComparer.Ordinal);
    private readonly List<Alert> ended = [];
    private readonly Dictionary<string, GroupState> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> said = new(StringComparer.Ordinal);
    private IReadOnlyList<Alert> alerts = [];
    private DateTimeOffset maintained;

    public WatchLoop(IExporter exporter, RuleSet rules, IWatchStore store, WatchMetrics metrics, Workspace workspace, AnomalyWatch? anomalies = null)
    {
        (this.exporter, this.rules, this.store, this.metrics, this.workspace) = (exporter, rules, store, metrics, workspace);
        this.anomalies = anomalies;
        config = workspace.Config.Observe;
        recent = new RecentSeries(rules.Rules.Select(pair => pair.Condition));
        evaluator = new AlertEvaluator(rules.Rules);
        jumps = new ClockJumps(workspace.Clock);
        plan = new NotificationPlan(config);
        sender = new Sender(workspace, rules.Find);
    }

    /// <summary>Watches until it is cancelled; that is no error.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Remember();
        while (!cancel.IsCancellationRequested)
        {
            var started = workspace.Clock.GetTimestamp();
            try
            {
                await RoundAsync(cancel);
                var rest = config.Interval - workspace.Clock.GetElapsedTime(started);
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, workspace.Clock, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One round.</summary>
    public async Task RoundAsync(CancellationToken cancel)
    {
        var started = workspace.Clock.GetTimestamp();
        var limit = TimeSpan.FromSeconds(Math.Max(config.Interval.TotalSeconds * 0.9, 1));
        var snapshots = await exporter.ScrapeAsync(limit, cancel);
        foreach (var snapshot in snapshots)
            Keep(snapshot);
        var now = workspace.Clock.GetUtcNow();
        if (jumps.Look() is { } by)
            workspace.Progress.Say($"the clock of this machine was set {(by > TimeSpan.Zero ? "forward" : "back")} by {Durations.Words(by.Duration())}, or it has slept; nothing old is removed from the history for an hour");
        metrics.ClockJumps = jumps.Count;
        if (anomalies is not null)
            Look(anomalies, now, cancel);
        Evaluate(now);
        await TellAsync(now, cancel);
        if (now - maintained >= TimeSpan.FromMinutes(1) || now < maintained)
        {
            maintained = now;
            recent.Trim(now.ToUnixTimeMilliseconds());
            // By a wrong clock all of it may be old.
            if (!jumps.IsDoubtful)
                Guarded("history", () => store.Maintain(now));
            metrics.HistoryBytes = store.Size;
        }

        metrics.Round(workspace.Clock.GetElapsedTime(started), alerts, now);
    }

    /// <summary>What was known before a restart, and what was read, as far back as a rule looks: a restart must not make an alert wait anew. A store that cannot be used is as one that is new.</summary>
    private void Remember()
    {
        Guarded("alerts", () =>
        {
            (var open, var past) = (store.Alerts(), store.Past());
            foreach (var (key, state) in store.Groups())
                groups[key] = state;
            alerts = open;
            // Whoever was not told of an end before a restart still is; of those who were, the groups know.
            ended.AddRange(past.Where(alert => workspace.Clock.GetUtcNow() - alert.ResolvedAt <= EndsAreKept && open.All(one => one.Key != alert.Key)).DistinctBy(alert => alert.Key));
        });
        Guarded("history", RememberValues);
    }

    private void RememberValues()
    {
        var now = workspace.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var source = store.Source();
        foreach (var metric in recent.Metrics)
            recent.Add(source.Select(new SeriesSelector(metric, []), now - recent.Longest, now));
    }

    private void Keep(Snapshot snapshot)
    {
        if (!rows.TryGetValue(snapshot.Target.Name, out var labels))
            rows[snapshot.Target.Name] = labels = new RowLabels();
        var samples = labels.Of(snapshot);
        var time = snapshot.At.ToUnixTimeMilliseconds();
        recent.Append(snapshot.Target.Name, time, samples);
        Guarded("history", () => store.Append(snapshot.Target.Name, time, samples));
    }

    private void Look(AnomalyWatch watch, DateTimeOffset now, CancellationToken cancel)
    {
        Guarded("anomalies", () => watch.Look(cancel));
        if (!watch.IsKnown)
            return;
        metrics.Unusual([.. watch.Values]);
        var samples = ScrapedRows.Of(watch.Samples);
        recent.Append(AnomalyWatch.Owner, now.ToUnixTimeMilliseconds(), samples);
        Guarded("history", () => store.Append(AnomalyWatch.Owner, now.ToUnixTimeMilliseconds(), samples));
    }

    /// <summary>What is not known yet after a start is not resolved.</summary>
    private AlertRound Found(DateTimeOffset now)
    {
        var round = evaluator.Evaluate(recent, now, alerts);
        if (anomalies is null)
            return round;
        var unusual = rules.Rules.Where(pair => pair.Condition.Selectors().Any(one => one.Selector.Metric == AnomalyWatch.Metric.Name)).Select(pair => pair.Rule.Name).ToHashSet(StringComparer.Ordinal);
        return anomalies.IsKnown
            ? round with { Alerts = [.. round.Alerts.Select(anomalies.Explained)] }
            : round with { Alerts = [.. round.Alerts.Where(alert => !unusual.Contains(alert.Rule)), .. alerts.Where(alert => unusual.Contains(alert.Rule))] };
    }

    private void Evaluate(DateTimeOffset now)
    {
        var round = Found(now);
        foreach (var (rule, why) in round.Problems)
            SayOnce("rule " + rule, $"the alert rule {rule} cannot be evaluated: {why}");
        foreach (var alert in round.Alerts.Where(alert => alert.Phase == AlertPhase.Firing && alert.FiredAt == now))
            workspace.Progress.Say($"firing: {alert.Rule}: {alert.Summary}");
        foreach (var alert in round.Alerts.Where(alert => alert.Phase == AlertPhase.Resolved))
            workspace.Progress.Say($"resolved: {alert.Rule}: {alert.Summary}");
        Guarded("alerts", () => store.Write(round.Alerts, now));
        alerts = [.. round.Alerts.Where(alert => alert.Phase != AlertPhase.Resolved)];
        ended.RemoveAll(old => now - old.ResolvedAt > EndsAreKept || round.Alerts.Any(alert => alert.Key == old.Key));
        ended.AddRange(round.Alerts.Where(alert => alert.Phase == AlertPhase.Resolved));
    }

    private async Task TellAsync(DateTimeOffset now, CancellationToken cancel)
    {
        IReadOnlyList<Silence> silences = [];
        Guarded("alerts", () => silences = store.Silences(now));
        var due = plan.Due([.. alerts, .. ended], silences, groups, now);
        // At the same time: one receiver that hangs must not hold up the others.
        await Task.WhenAll(due.Select(group => TellAsync(group, now, cancel)));
    }

    private async Task TellAsync(AlertGroup group, DateTimeOffset now, CancellationToken cancel)
    {
        var receiver = config.Receivers.First(one => one.Name == group.Receiver);
        var sent = false;
        try
        {
            await sender.SendAsync(receiver, group, cancel);
            sent = true;
            said.Remove("receiver " + receiver.Name);
        }
        catch (LockkeeperException e)
        {
            SayOnce("receiver " + receiver.Name, $"{e.Code.Id}: {e.Message}");
        }

        lock (groups)
        {
            metrics.Told(receiver.Name, sent);
            groups[group.Key] = NotificationPlan.After(group, groups[group.Key], sent, now);
            Guarded("alerts", () => store.Write(group.Key, groups[group.Key]));
        }
    }

    private void Guarded(string what, Action work)
    {
        try
        {
            work();
            metrics.Written(what, true);
            if (said.Remove(what))
                workspace.Progress.Say($"the {what} can be written again");
        }
        catch (LockkeeperException e)
        {
            metrics.Written(what, false);
            SayOnce(what, $"{e.Code.Id}: {e.Message}");
        }
    }

    /// <summary>A trouble that lasts is one line, not one a round.</summary>
    private void SayOnce(string what, string text)
    {
        lock (said)
        {
            if (said.GetValueOrDefault(what) == text)
                return;
            said[what] = text;
        }

        workspace.Progress.Say(text);
    }
}
