using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Watching;

/// <summary>What the watch says of itself.</summary>
internal sealed class WatchMetrics
{
    private static readonly MonitoredTarget Self = new(_ => Task.FromResult("")) { Name = "", Engine = "", Labels = [] };

    private static readonly MetricDescription RoundSeconds = new("lockkeeper_watch_round_seconds", MetricKind.Gauge, "How long the last round of reading, evaluating and telling took.") { Topic = "watch" };
    private static readonly MetricDescription Rounds = new("lockkeeper_watch_rounds_total", MetricKind.Counter, "Rounds since the start.") { Topic = "watch" };
    private static readonly MetricDescription LastRound = new("lockkeeper_watch_last_round_timestamp_seconds", MetricKind.Gauge, "When the last round ended.") { Topic = "watch" };
    private static readonly MetricDescription Alerts = new("lockkeeper_watch_alerts", MetricKind.Gauge, "Alerts by severity and phase.", "severity", "phase") { Topic = "watch" };
    private static readonly MetricDescription History = new("lockkeeper_watch_history_bytes", MetricKind.Gauge, "Size of the history.") { Topic = "watch" };
    private static readonly MetricDescription Unwritten = new("lockkeeper_watch_not_written_total", MetricKind.Counter, "How many times the history or the state of alerts could not be written.", "what") { Topic = "watch" };
    private static readonly MetricDescription Writable = new("lockkeeper_watch_writable", MetricKind.Gauge, "Whether the history, or the state of alerts, could be read and written the last time.", "what") { Topic = "watch" };
    private static readonly MetricDescription Jumps = new("lockkeeper_watch_clock_jumps_total", MetricKind.Counter, "How often the clock of this machine was set by a minute or more, or the machine has slept.") { Topic = "watch" };
    private static readonly MetricDescription Sent = new("lockkeeper_watch_messages_total", MetricKind.Counter, "Messages to receivers.", "receiver", "outcome") { Topic = "watch" };

    private readonly Lock gate = new();
    private IReadOnlyList<(double Value, string[] Labels)> anomalies = [];
    private readonly Dictionary<string, long> notWritten = new(StringComparer.Ordinal) { ["history"] = 0, ["alerts"] = 0 };
    private readonly SortedDictionary<string, bool> writable = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Receiver, string Outcome), long> messages = [];
    private readonly Dictionary<(AlertSeverity, AlertPhase), int> counts = [];
    private TimeSpan duration;
    private long rounds;
    private DateTimeOffset last;

    /// <summary>All metrics of the watch.</summary>
    public static IReadOnlyList<MetricDescription> All { get; } = [RoundSeconds, Rounds, LastRound, Alerts, History, Unwritten, Writable, Jumps, Sent, AnomalyWatch.Metric];

    /// <summary>The size of the history, in bytes.</summary>
    public long HistoryBytes { private get; set; }

    /// <summary>How often the clock was set.</summary>
    public int ClockJumps { private get; set; }

    /// <summary>What is unusual now.</summary>
    public void Unusual(IReadOnlyList<(double Value, string[] Labels)> found)
    {
        lock (gate)
            anomalies = found;
    }

    public void Round(TimeSpan took, IReadOnlyList<Alert> alerts, DateTimeOffset now)
    {
        lock (gate)
        {
            (duration, last) = (took, now);
            rounds++;
            counts.Clear();
            foreach (var group in alerts.GroupBy(alert => (alert.Severity, alert.Phase)))
                counts[group.Key] = group.Count();
        }
    }

    public void Written(string what, bool isWritten)
    {
        lock (gate)
        {
            writable[what] = isWritten;
            if (!isWritten)
                notWritten[what] = notWritten.GetValueOrDefault(what) + 1;
        }
    }

    public void Told(string receiver, bool taken)
    {
        lock (gate)
            messages[(receiver, taken ? "taken" : "failed")] = messages.GetValueOrDefault((receiver, taken ? "taken" : "failed")) + 1;
    }

    /// <summary>The present values.</summary>
    public Snapshot Snapshot(DateTimeOffset now)
    {
        lock (gate)
        {
            var values = new SampleSet();
            values.Add(RoundSeconds, duration.TotalSeconds);
            values.Add(Rounds, rounds);
            values.Add(LastRound, last.ToUnixTimeMilliseconds() / 1000.0);
            values.Add(History, HistoryBytes);
            values.Add(Jumps, ClockJumps);
            foreach (var severity in Enum.GetValues<AlertSeverity>())
            {
                foreach (var phase in new[] { AlertPhase.Pending, AlertPhase.Firing })
                    values.Add(Alerts, counts.GetValueOrDefault((severity, phase)), Lower(severity), Lower(phase));
            }

            foreach (var (what, count) in notWritten)
                values.Add(Unwritten, count, what);
            foreach (var (what, isWritten) in writable)
                values.Add(Writable, isWritten ? 1 : 0, what);
            foreach (var ((receiver, outcome), count) in messages)
                values.Add(Sent, count, receiver, outcome);
            foreach (var (value, labels) in anomalies)
                values.Add(AnomalyWatch.Metric, value, labels);
            return new Snapshot(Self, now, TimeSpan.Zero, isUp: true, values);
        }
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
