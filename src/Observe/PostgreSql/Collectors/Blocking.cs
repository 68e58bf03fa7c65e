using System.Globalization;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Who waits behind whom, across all databases: the sessions at the roots hold up the others.</summary>
internal sealed class Blocking : ICollector
{
    private const int MostRoots = 10;
    private const string Topic = "blocking";
    private const string Grant = "pg_read_all_stats";

    private static readonly MetricDescription waiting = new("lockkeeper_blocked_sessions", MetricKind.Gauge, "Sessions that wait for a lock.") { Topic = Topic, Grant = Grant };
    private static readonly MetricDescription longest = new("lockkeeper_blocked_longest_seconds", MetricKind.Gauge, "For how long the one that has waited for longest has waited.") { Topic = Topic, Grant = Grant };
    private static readonly MetricDescription depth = new("lockkeeper_blocked_depth", MetricKind.Gauge, "How many sessions stand behind one another at most.") { Topic = Topic, Grant = Grant };
    private static readonly MetricDescription victims = new("lockkeeper_blocker_victims", MetricKind.Gauge, "Sessions that wait behind this one, at once or further back. It waits for nobody itself.", "datname", "pid", "usename", "application_name", "state") { Topic = Topic, Grant = Grant };
    private static readonly MetricDescription age = new("lockkeeper_blocker_transaction_seconds", MetricKind.Gauge, "Age of the transaction of such a session.", "datname", "pid", "usename", "application_name", "state") { Topic = Topic, Grant = Grant };

    public static ICollector Create() => new Blocking();

    public string Name => Topic;

    public CollectorScope Scope => CollectorScope.Server;

    public IReadOnlyList<MetricDescription> Metrics { get; } = [waiting, longest, depth, victims, age];

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        var tree = BlockingTree.Of(await ReadAsync(call, cancel));
        call.Samples.Add(waiting, tree.Waiting);
        call.Samples.Add(longest, tree.LongestWait);
        call.Samples.Add(depth, tree.Depth);
        foreach (var root in tree.Roots.Take(MostRoots))
        {
            string[] labels = [root.Session.Database, root.Session.Pid.ToString(CultureInfo.InvariantCulture), root.Session.User, root.Session.Application, root.Session.State];
            call.Samples.Of(victims).Add(root.Victims, labels);
            call.Samples.Of(age).Add(root.Session.TransactionSeconds, labels);
        }
    }

    private static async Task<List<BlockingSession>> ReadAsync(CollectorCall call, CancellationToken cancel)
    {
        // pg_blocking_pids holds up the lock manager for a moment, so it is asked of those only that wait for a lock. A prepared transaction in the way is process 0.
        var command = await call.Session.CommandAsync(
            """
            /* lk:observe.blocking */
            WITH waiting AS MATERIALIZED (SELECT pid, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity WHERE wait_event_type = 'Lock')
            SELECT a.pid, coalesce(a.datname, '')::text, coalesce(a.usename, '')::text, coalesce(a.application_name, ''), coalesce(a.state, ''), coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8,
                   coalesce(extract(epoch FROM clock_timestamp() - a.state_change), 0)::float8, coalesce(w.blockers, '{}'), left(coalesce(a.query, ''), 200)
            FROM pg_stat_activity a LEFT JOIN waiting w ON w.pid = a.pid
            WHERE w.pid IS NOT NULL OR a.pid IN (SELECT unnest(blockers) FROM waiting)
            """,
            cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sessions = new List<BlockingSession>();
        while (await reader.ReadAsync(cancel))
            sessions.Add(new BlockingSession(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDouble(5), reader.GetDouble(6), reader.GetFieldValue<int[]>(7), reader.GetString(8)));
        return sessions;
    }
}
