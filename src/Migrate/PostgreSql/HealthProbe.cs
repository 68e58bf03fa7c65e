using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Measures the statements' p95 and the sessions that wait for locks.</summary>
/// <remarks>
/// pg_stat_statements keeps no percentiles. The p95 here is over statements weighted by their calls between two samples, each with its mean time in
/// that span: a shift of the whole distribution shows, a few slow calls of one statement only as far as they move its mean. Only the target's own
/// database counts, since its neighbours on the server are not what the change touched. Without the extension it is the p95 of how long the active
/// sessions' statements have been running at the moment of the sample.
/// </remarks>
internal sealed class HealthProbe : IHealthProbe
{
    /// <summary>The fewest calls that have a 95th percentile: with fewer than twenty it is only the slowest of them, which says nothing of the rest.</summary>
    internal const int FewestCalls = 20;

    private readonly NpgsqlConnection connection;
    private readonly string? statements;
    private Dictionary<(long, uint, uint), (long Calls, double Total)> before = [];

    private HealthProbe(NpgsqlConnection connection, string? statements)
    {
        this.connection = connection;
        this.statements = statements;
    }

    public static async Task<HealthProbe> StartAsync(PostgreSqlServer server, CancellationToken cancel)
    {
        var session = await server.OpenAsync(cancel);
        await using var find = new NpgsqlCommand(
            """
            /* lk:migrate.find_statements */
            SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_stat_statements' AND current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'
            """,
            session);
        var probe = new HealthProbe(session, await find.ExecuteScalarAsync(cancel) as string);
        if (probe.statements is not null)
            probe.before = await probe.ReadStatementsAsync(cancel);
        return probe;
    }

    public async Task<HealthSample> SampleAsync(CancellationToken cancel)
    {
        var (waiting, running) = await ReadSessionsAsync(cancel);
        if (statements is null)
            return new HealthSample(Percentile(running.Select(time => (time, 1L))), waiting, "running statements in pg_stat_activity");
        var now = await ReadStatementsAsync(cancel);
        var spent = now.Select(pair =>
        {
            var (calls, total) = before.GetValueOrDefault(pair.Key);
            return (Calls: pair.Value.Calls - calls, Total: pair.Value.Total - total);
        }).Where(delta => delta.Calls > 0).ToList();
        var p95 = spent.Sum(delta => delta.Calls) < FewestCalls ? null : Percentile(spent.Select(delta => (delta.Total / delta.Calls, delta.Calls)));
        before = now;
        return new HealthSample(p95, waiting, "pg_stat_statements");
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    /// <summary>The smallest value that at least 95 % of the weight is not above; null without weight.</summary>
    internal static double? Percentile(IEnumerable<(double Value, long Weight)> values)
    {
        var sorted = values.OrderBy(pair => pair.Value).ToList();
        var limit = 0.95 * sorted.Sum(pair => pair.Weight);
        var seen = 0L;
        foreach (var (value, weight) in sorted)
        {
            seen += weight;
            if (seen >= limit)
                return value;
        }

        return null;
    }

    private async Task<Dictionary<(long, uint, uint), (long Calls, double Total)>> ReadStatementsAsync(CancellationToken cancel)
    {
        // The schema's name comes quoted from the catalog.
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.statements */
            SELECT coalesce(queryid, 0), userid, dbid, calls, total_exec_time FROM {statements}.pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '/* lk:%'
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var read = new Dictionary<(long, uint, uint), (long Calls, double Total)>();
        while (await row.ReadAsync(cancel))
        {
            var key = (row.GetInt64(0), row.GetFieldValue<uint>(1), row.GetFieldValue<uint>(2));
            var (calls, total) = read.GetValueOrDefault(key);
            read[key] = (calls + row.GetInt64(3), total + row.GetDouble(4));
        }

        return read;
    }

    private async Task<(int Waiting, List<double> Running)> ReadSessionsAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.sessions */
            SELECT wait_event_type = 'Lock', extract(epoch FROM clock_timestamp() - query_start)::float8 * 1000 FROM pg_stat_activity
            WHERE state = 'active' AND backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var (waiting, running) = (0, new List<double>());
        while (await row.ReadAsync(cancel))
        {
            waiting += !await row.IsDBNullAsync(0, cancel) && row.GetBoolean(0) ? 1 : 0;
            if (!await row.IsDBNullAsync(1, cancel))
                running.Add(row.GetDouble(1));
        }

        return (waiting, running);
    }
}
