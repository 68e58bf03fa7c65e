using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Lockkeeper.Observe.PostgreSql.Backups;
using Lockkeeper.Observe.PostgreSql.Pooling;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Watching;
using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>The alert rules over real servers: what they say is read as the watch does it, and the hours that a rule waits pass at once.</summary>
internal sealed class AlertHarness : IAsyncDisposable
{
    /// <summary>How long a fault may take to show; a limit for a hanging test, not a measure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly MovedClock clock = new();
    private readonly List<ITargetMonitor> monitors = [];
    private readonly IReadOnlyList<AlertRule> rules;
    private readonly RecentSeries recent;
    private readonly AlertEvaluator evaluator;

    /// <param name="change">Changes a rule whose real threshold would take too long or too much.</param>
    public AlertHarness(Func<AlertRule, AlertRule>? change = null)
    {
        rules = [.. AllAlerts.Rules.Select(rule => change is null ? rule : change(rule))];
        var read = rules.Select(rule => (rule, rule.Parse())).ToList();
        recent = new RecentSeries(read.Select(pair => pair.Item2));
        evaluator = new AlertEvaluator(read);
    }

    /// <summary>What is pending, fires or was resolved in the last round.</summary>
    public IReadOnlyList<Alert> Alerts { get; private set; } = [];

    /// <summary>How long a scrape may take.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Watches one server, with the thresholds given.</summary>
    public static AlertHarness Of(SandboxCluster server, params (string Rule, double Threshold)[] thresholds) =>
        Of(server.Url(), thresholds);

    /// <summary>Watches one server, with the thresholds given.</summary>
    public static AlertHarness Of(string url, params (string Rule, double Threshold)[] thresholds) =>
        new AlertHarness(rule => thresholds.Where(one => one.Rule == rule.Name).Select(one => rule with { Threshold = one.Threshold }).FirstOrDefault(rule)).Watch("server", url);

    /// <summary>Watches one server more.</summary>
    public AlertHarness Watch(string name, string url)
    {
        monitors.Add(new PostgreSqlMonitor(new MonitoredTarget(_ => Task.FromResult(url)) { Name = name, Engine = "postgres", Labels = [new("target", name)] }, clock, new Redactor()));
        return this;
    }

    /// <summary>Watches one pooler more.</summary>
    public AlertHarness WatchPooler(string name, string url)
    {
        monitors.Add(new PoolerMonitor(new MonitoredTarget(_ => Task.FromResult(url)) { Name = name, Engine = MonitoredTarget.PgBouncer, Labels = [new("target", name)] }, clock, new Redactor()));
        return this;
    }

    /// <summary>Watches the backups of one cluster more, as its declaration stands at each look.</summary>
    public AlertHarness WatchBackups(BackupProject project)
    {
        var target = new MonitoredTarget(_ => Task.FromResult("")) { Name = "backup://main", Engine = MonitoredTarget.Backups, Labels = [new("target", "backup://main")] };
        monitors.Add(new BackupMonitor(target, async cancel =>
        {
            using var workspace = Workspace(project.Server.Project);
            var cluster = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include).Single();
            return await new BackupWatch().ReadAsync(cluster, workspace, cancel);
        }, clock));
        return this;
    }

    /// <summary>Lets time pass for the rules; what the servers measure goes by real time.</summary>
    public void Pass(TimeSpan time) => clock.Move(time);

    /// <summary>Reads all servers and evaluates all rules.</summary>
    public async Task<IReadOnlyList<Snapshot>> RoundAsync()
    {
        var snapshots = await Task.WhenAll(monitors.Select(monitor => monitor.ScrapeAsync(Deadline, CancellationToken.None)));
        foreach (var (snapshot, i) in snapshots.Select((snapshot, i) => (snapshot, i)))
            recent.Append($"{i}", snapshot.At.ToUnixTimeMilliseconds(), new RowLabels().Of(snapshot));
        var now = clock.GetUtcNow();
        var round = evaluator.Evaluate(recent, now, Alerts);
        if (round.Problems.Count > 0)
            throw new InvalidOperationException(string.Join('\n', round.Problems));
        Alerts = round.Alerts;
        return snapshots;
    }

    /// <summary>The whole of a proof: quiet before, fires, and is resolved when the fault has gone.</summary>
    public async Task ProveAsync(string rule, Func<Task> make, Func<Task> mend)
    {
        await QuietAsync(rule);
        await make();
        await FiresAsync(rule);
        await mend();
        await ResolvesAsync(rule);
    }

    /// <summary>The condition of a rule does not hold, as all collectors say.</summary>
    public async Task QuietAsync(params string[] names)
    {
        // A busy machine may cut one off, and a counter that is read for the first time after the fault has no increase.
        for (var until = DateTime.UtcNow + Patience; (await RoundAsync()).Any(WasCutOff) && DateTime.UtcNow < until; await Task.Delay(100))
            Pass(TimeSpan.FromSeconds(20));
        if (Alerts.FirstOrDefault(alert => names.Contains(alert.Rule) && alert.Phase != AlertPhase.Resolved) is { } loud)
            throw new InvalidOperationException($"there is no fault yet, and {loud.Rule} is {loud.Phase}: {loud.Summary}");
    }

    /// <summary>Waits until a fault shows, lets the time of the rule pass, and gives the alert that fires then.</summary>
    /// <param name="name">The rule.</param>
    /// <param name="each">What keeps the fault up; it runs before each round, a minute apart.</param>
    /// <param name="where">Which of the rule's alerts.</param>
    public async Task<Alert> FiresAsync(string name, Func<Task>? each = null, Func<Alert, bool>? where = null)
    {
        var rule = rules.Single(one => one.Name == name);
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(100))
        {
            await (each?.Invoke() ?? Task.CompletedTask);
            var snapshots = await RoundAsync();
            var alert = Alerts.FirstOrDefault(one => one.Rule == name && one.Phase != AlertPhase.Resolved && where?.Invoke(one) != false);
            if (alert is { Phase: AlertPhase.Firing })
                return alert;
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"{name} does not fire: {rule.Condition}; {string.Join(", ", Alerts.Select(one => $"{one.Rule} {one.Phase} {one.Summary}"))}\n{string.Join('\n', snapshots.SelectMany(NotRead))}");
            // At once what a watch would wait for, but for faults that have to be kept up.
            Pass(alert is null ? TimeSpan.FromSeconds(20) : each is null ? rule.For : TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Waits until nothing of the rule fires or is pending.</summary>
    public async Task ResolvesAsync(string name, Func<Alert, bool>? where = null)
    {
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(100))
        {
            Pass(TimeSpan.FromSeconds(70));
            await RoundAsync();
            var left = Alerts.Where(one => one.Rule == name && one.Phase != AlertPhase.Resolved && where?.Invoke(one) != false).ToList();
            if (left.Count == 0)
                return;
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"{name} is not resolved: {string.Join(", ", left.Select(one => one.Summary))}");
        }
    }

    /// <summary>What a reading has not given, for the message of a rule that does not fire.</summary>
    private static IEnumerable<string> NotRead(Snapshot snapshot) => snapshot.Samples.Where(sample => sample.Metric.Name is "pg_up" or "lockkeeper_metric_unavailable" || sample.Metric.Name.StartsWith("lockkeeper_collector", StringComparison.Ordinal))
        .Select(sample => $"{sample.Metric.Name} {string.Join(' ', sample.Labels)} {sample.Value}");

    private static bool WasCutOff(Snapshot snapshot) =>
        !snapshot.IsUp || snapshot.SamplesOf("lockkeeper_metric_unavailable").Any(sample => sample.Labels[1] is "deadline" or "timeout" or "locked" or "connection_lost");

    public async ValueTask DisposeAsync()
    {
        foreach (var monitor in monitors)
            await monitor.DisposeAsync();
    }

    private Workspace Workspace(LkProject project) => new(
        project.Folder, new Variables(project.Variables), new SilentProgress(), clock, new Redactor(), "anna", () => ConfigReader.Load(Path.Combine(project.Folder, "lockkeeper.yaml"), "lockkeeper.yaml"), LedgerStores.Open);

    private sealed class Variables(IReadOnlyDictionary<string, string?> all) : IEnvironment
    {
        public string? Get(string name) => all.GetValueOrDefault(name);
    }

    /// <summary>The clock, moved on by what the test says.</summary>
    private sealed class MovedClock : TimeProvider
    {
        private TimeSpan moved;

        public void Move(TimeSpan time) => moved += time;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + moved;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(moved.TotalSeconds * TimestampFrequency);
    }
}
