using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.PostgreSql.Top;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Top;
using Lockkeeper.Observe.Verbs;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Looking;

/// <summary>Looks something up on a server, once, over one connection with the limits of the exporter.</summary>
internal static class TargetLook
{
    private const string Extension = "pg_stat_statements";

    /// <summary>Answers one of the questions.</summary>
    /// <param name="target">The server.</param>
    /// <param name="database">One of its databases; null for the one of its URL.</param>
    /// <param name="topic">The question.</param>
    /// <param name="workspace">Learns the password.</param>
    /// <param name="cancel">Stops it.</param>
    public static Task<InspectReport> InspectAsync(MonitoredTarget target, string? database, string topic, Workspace workspace, CancellationToken cancel) => WithinAsync(target, database, workspace, async session =>
    {
        var can = await Capabilities.ReadAsync(session.Connection, cancel);
        var sql = Inspections.Of(topic);
        if (sql.Contains(Inspections.StatementsSchema, StringComparison.Ordinal))
        {
            if (!can.Extensions.TryGetValue(Extension, out var extension))
                return new InspectReport(target.Name, topic, [], [], $"{Extension} is not installed in the database {can.Database}");
            sql = sql.Replace(Inspections.StatementsSchema, extension.Schema, StringComparison.Ordinal);
        }

        try
        {
            await using var command = new NpgsqlCommand("/* lk:observe.inspect */ " + sql, session.Connection) { AllResultTypesAreUnknown = true };
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var rows = new List<IReadOnlyList<string?>>();
            while (await reader.ReadAsync(cancel))
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : StatementMask.Of(reader.GetString(i)))]);
            return new InspectReport(target.Name, topic, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], rows, "");
        }
        catch (PostgresException e)
        {
            return new InspectReport(target.Name, topic, [], [], e.MessageText);
        }
    }, cancel);

    /// <summary>A statement of pg_stat_statements with the plan that it has for any parameters; it is not executed.</summary>
    public static async Task<StatementReport> StatementAsync(MonitoredTarget target, long id, Workspace workspace, CancellationToken cancel)
    {
        var (found, text) = await WithinAsync(target, null, workspace, async session =>
        {
            var can = await Capabilities.ReadAsync(session.Connection, cancel);
            if (!can.Extensions.TryGetValue(Extension, out var extension))
                throw new LockkeeperException(KernelErrors.UnknownName, $"{Extension} is not installed in the database {can.Database}", "Install it there: CREATE EXTENSION pg_stat_statements.");
            await using var command = new NpgsqlCommand(
                $"""
                /* lk:observe.statement */
                SELECT s.query, d.datname::text, pg_get_userbyid(s.userid)::text, s.calls::float8, s.total_exec_time / 1000, s.mean_exec_time
                FROM {extension.Schema}.pg_stat_statements(true) s JOIN pg_database d ON d.oid = s.dbid WHERE s.queryid = $1 ORDER BY s.total_exec_time DESC LIMIT 1
                """,
                session.Connection);
            command.Parameters.AddWithValue(id);
            await using var row = await command.ExecuteReaderAsync(cancel);
            if (!await row.ReadAsync(cancel))
                throw new LockkeeperException(KernelErrors.UnknownName, $"{target.Name} knows no statement {id}", "See 'lk observe inspect --about statements'; the least used ones are thrown out of pg_stat_statements.");
            var whole = row.GetString(0);
            return (new StatementReport(target.Name, id, StatementMask.Of(whole), row.GetString(1), row.GetString(2), row.GetDouble(3), Math.Round(row.GetDouble(4), 3), Math.Round(row.GetDouble(5), 3), []), whole);
        }, cancel);
        await using var reader = new TopReader(target, null, workspace.Clock, workspace.Redactor);
        var plan = await reader.ExplainAsync(new StatementToExplain(text, 0, found.Database, found.User), cancel);
        return found with { Plan = plan };
    }

    /// <summary>The target of a name that is a PostgreSQL server.</summary>
    public static MonitoredTarget Choose(Workspace workspace, TargetSources sources, string name)
    {
        var targets = DeclaredTargets.Of(workspace, sources).Where(target => target.Engine == MonitoredTarget.PostgreSql).ToList();
        return targets.FirstOrDefault(target => target.Name == name)
            ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no target '{name}'", NearestName.Hint(name, [.. targets.Select(target => target.Name)], "targets"));
    }

    private static async Task<T> WithinAsync<T>(MonitoredTarget target, string? database, Workspace workspace, Func<DatabaseSession, Task<T>> work, CancellationToken cancel)
    {
        await using var session = new DatabaseSession(async stop =>
        {
            var url = await target.UrlAsync(stop);
            return PostgreSqlServer.At(database is null ? url : PostgreSqlUrl.WithDatabase(url, database), workspace.Redactor);
        });
        try
        {
            await session.OpenAsync(cancel);
            return await session.WithinLimitsAsync(() => work(session), cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, target.Name);
        }
    }
}
