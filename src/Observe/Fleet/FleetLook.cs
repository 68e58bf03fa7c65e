using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Verbs;

namespace Lockkeeper.Observe.Fleet;

/// <summary>What the history says of every target at one moment, read at once.</summary>
internal sealed class FleetLook
{
    private const string Up = "pg_up";
    private const string IsReplica = "pg_replication_is_replica";
    private const string Lag = "pg_replication_lag_seconds";
    private const string Size = "pg_database_size_bytes";
    private const string Backup = "pgbackrest_backup_since_last_completion_seconds";
    private const string Drill = "lockkeeper_backup_drill_age_seconds";
    private const string DrillPassed = "lockkeeper_backup_drill_passed";

    /// <summary>Its label <c>database</c> names the databases of a server that are looked into: of an environment's target that is the one of the URL.</summary>
    private const string Collected = "lockkeeper_collector_success";

    private readonly Dictionary<string, ILookup<string, VectorSample>> seen = new(StringComparer.Ordinal);

    /// <summary>Looks.</summary>
    public FleetLook(PromQlEvaluator moment)
    {
        foreach (var metric in (string[])[Up, IsReplica, Lag, Size, Backup, Drill, DrillPassed, Collected])
            seen[metric] = moment.Evaluate(PromQlExpression.Parse(metric)).ToLookup(sample => sample.Labels["target"], StringComparer.Ordinal);
    }

    /// <summary>The series that are needed.</summary>
    public static SeriesSelector Selector { get; } = new(null, [new LabelMatcher(LabelSet.MetricName, MatchKind.Matches, string.Join('|', Up, IsReplica, Lag, Size, Backup, Drill, DrillPassed, Collected))]);

    /// <summary>What is known of a target.</summary>
    public FleetTargetReport Of(MonitoredTarget target)
    {
        var sizes = seen[Size][target.Name];
        if (!target.AllDatabases)
        {
            var own = seen[Collected][target.Name].Select(sample => sample.Labels["database"]).Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
            sizes = sizes.Where(sample => own.Contains(sample.Labels["datname"]));
        }

        return new FleetTargetReport(
            target.Name, target.Labels.FirstOrDefault(label => label.Key == "environment").Value,
            Value(Up, target) is { } up ? up > 0 : target.Engine == MonitoredTarget.Backups && seen[Backup].Contains(target.Name) ? true : null,
            Value(IsReplica, target) is { } replica ? (replica > 0 ? "standby" : "primary") : null,
            sizes.Any() ? sizes.Sum(sample => sample.Value) : null,
            Value(Lag, target),
            // The newest set of any kind restores what was there then.
            seen[Backup][target.Name] is var backups && backups.Any() ? backups.Min(sample => sample.Value) : null,
            Value(Drill, target),
            Value(DrillPassed, target) is { } passed ? passed > 0 : null);
    }

    private double? Value(string metric, MonitoredTarget target) => seen[metric][target.Name].Select(sample => (double?)sample.Value).Where(value => value is { } number && double.IsFinite(number)).Max();
}
