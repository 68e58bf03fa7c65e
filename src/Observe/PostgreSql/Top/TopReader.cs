using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql.Collectors;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>Reads a PostgreSQL server for the live view over one connection, with the limits and the collectors of the exporter: a collector that was dear rests here too.</summary>
internal sealed class TopReader : ITopSource
{
    private readonly MonitoredTarget target;
    private readonly TimeProvider clock;
    private readonly Redactor redactor;
    private readonly PoolsReading? pools;
    private readonly DatabaseSession session;
    private readonly StatementTexts texts = new();
    private readonly CollectorRun statements;
    private readonly CollectorRun[] runs;
    private readonly StatementRates rates = new();
    private Capabilities? can;

    /// <param name="target">The server.</param>
    /// <param name="pooler">The pooler in front of it; null for none.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="redactor">Learns passwords.</param>
    public TopReader(MonitoredTarget target, MonitoredTarget? pooler, TimeProvider clock, Redactor redactor)
    {
        (this.target, this.clock, this.redactor) = (target, clock, redactor);
        pools = pooler is null ? null : new PoolsReading(pooler, redactor);
        session = new DatabaseSession(cancel => ServerAsync(null, cancel));
        statements = new CollectorRun(Statements.Create(texts), "", clock);
        runs = [statements, new CollectorRun(texts, "", clock), new CollectorRun(Replication.Create(), "", clock), new CollectorRun(Slots.Create(), "", clock)];
    }

    public Task<TopReading> ReadAsync(CancellationToken cancel) => GuardedAsync(async () =>
    {
        await session.OpenAsync(cancel);
        can = await session.WithinLimitsAsync(() => Capabilities.ReadAsync(session.Connection, cancel), cancel);
        var at = clock.GetUtcNow();
        var (sessions, most) = await session.WithinLimitsAsync(async () => (await SessionsReading.ReadAsync(session, can.Major, cancel), await SessionsReading.MaxConnectionsAsync(session, cancel)), cancel);
        foreach (var run in runs.Where(run => run.IsDue && run.Collector.Metrics.Any(metric => can.WhyNot(metric) is null)))
            await run.RunAsync(session, can, cancel);
        var inPools = pools is null ? null : await pools.ReadAsync(cancel);
        var samples = new SampleSet();
        foreach (var outcome in runs.Select(run => run.Last).OfType<CollectorOutcome>())
            samples.Add(outcome.Samples);
        return new TopReading(at)
        {
            Version = can.Version.Split(' ')[0],
            IsStandby = can.IsStandby,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds((long)(can.StartedAt * 1000)),
            MaxConnections = most,
            Sessions = sessions,
            Queries = statements.Last is { Reason: null } last ? rates.Since(last, texts, clock) : null,
            QueriesMissing = WhyNoQueries(can),
            Standbys = ReplicationRows.Standbys(samples),
            Slots = ReplicationRows.Slots(samples),
            Following = can.IsStandby ? ReplicationRows.Following(samples) : null,
            Pools = inPools?.Pools,
            PoolsMissing = inPools?.Missing ?? "",
        };
    });

    public Task<IReadOnlyList<string>> LocksAsync(TopSession one, CancellationToken cancel) => GuardedAsync(async () =>
    {
        await session.OpenAsync(cancel);
        return await session.WithinLimitsAsync(() => SessionLocks.ReadAsync(session, one, cancel), cancel);
    });

    public Task<IReadOnlyList<string>> ExplainAsync(StatementToExplain statement, CancellationToken cancel) => GuardedAsync(async () =>
    {
        await session.OpenAsync(cancel);
        var whole = statement.QueryId != 0 && StatementExplain.IsCutOff(statement.Text, await CutOffAtAsync(cancel)) && texts.Of(statement.QueryId) is { } text ? statement with { Text = text } : statement;
        if (StatementExplain.WhyNot(whole.Text, await CutOffAtAsync(cancel)) is { } why)
            return [why];
        if (whole.Database == can?.Database)
            return await StatementExplain.RunAsync(session, whole, cancel);
        // Another database takes a connection of its own for the moment.
        await using var there = new DatabaseSession(stop => ServerAsync(whole.Database, stop));
        await there.OpenAsync(cancel);
        return await StatementExplain.RunAsync(there, whole, cancel);
    });

    public Task<SignalOutcome> SignalAsync(SignalKind kind, TopSession one, CancellationToken cancel) => GuardedAsync(async () =>
    {
        await session.OpenAsync(cancel);
        return await session.WithinLimitsAsync(() => SessionSignal.SendAsync(session, kind, one, cancel), cancel);
    });

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        if (pools is not null)
            await pools.DisposeAsync();
    }

    private string WhyNoQueries(Capabilities now) => now.WhyNot(statements.Collector.Metrics[0]) switch
    {
        null => statements.Last?.Reason is { } reason ? "pg_stat_statements cannot be read: " + reason : "",
        Unavailable.MissingExtension => $"pg_stat_statements is not installed in the database {now.Database}",
        Unavailable.MissingGrant => "the role lacks pg_read_all_stats",
        var reason => reason,
    };

    private async Task<int> CutOffAtAsync(CancellationToken cancel) => await session.WithinLimitsAsync(
        async () => (await Rows.ReadAsync(session.Connection, "/* lk:observe.top.size */ SELECT setting::int FROM pg_settings WHERE name = 'track_activity_query_size'", row => row.GetInt32(0), cancel))[0], cancel);

    private async Task<T> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            if (ServerErrors.IsConnectionLost(e))
                await session.CloseAsync();
            throw ServerErrors.Translate(e, target.Name);
        }
    }

    private async Task<PostgreSqlServer> ServerAsync(string? database, CancellationToken cancel)
    {
        var url = await target.UrlAsync(cancel);
        return PostgreSqlServer.At(database is null ? url : PostgreSqlUrl.WithDatabase(url, database), redactor);
    }
}
