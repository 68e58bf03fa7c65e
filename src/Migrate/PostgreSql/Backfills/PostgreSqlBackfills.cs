using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>The backfills of a PostgreSQL database, or of one schema of it.</summary>
/// <param name="talk">Talks to the target.</param>
/// <param name="session">Its connection.</param>
/// <param name="database">The configuration.</param>
/// <param name="scope">The schema; empty for the whole database.</param>
/// <param name="clock">The clock.</param>
internal sealed class PostgreSqlBackfills(TargetTalk talk, TargetSession session, DatabaseConfig database, string scope, TimeProvider clock) : IBackfills
{
    public async Task<IReadOnlyList<string>> DescribeAsync(IPreparedScript script, CancellationToken cancel)
    {
        var words = new List<string>();
        foreach (var (statement, own) in Backfills((PreparedSql)script))
        {
            try
            {
                var look = await LookAsync(statement, own, cancel);
                words.Add($"{statement.Words} in batches by {look.Key}{(look.Rows is { } rows ? $", about {rows:N0} rows" : "")}");
            }
            catch (LockkeeperException)
            {
                // What an earlier migration makes is not there yet; the run itself looks again.
                words.Add($"{statement.Words} in batches");
            }
        }

        return words;
    }

    public Task<BackfillLook> LookAsync(IPreparedScript script, CancellationToken cancel)
    {
        var (statement, own) = Backfills((PreparedSql)script).First();
        return LookAsync(statement, own, cancel);
    }

    public Task RunAsync(PreparedMigration alone, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel) =>
        new MigrationExecution(session, database, new LockJournal(), clock).RunUnrecordedAsync(alone, stamp, ((TargetLease)lease).Lease.Epoch, progress, cancel);

    public Task<IReadOnlyList<BackfillStatus>> ReadAsync(string series, CancellationToken cancel) => talk.AskAsync<IReadOnlyList<BackfillStatus>>(async connection =>
    {
        if (await HistoryTables.ReadVersionAsync(connection, cancel) is not >= 2)
            return [];
        var rows = await BackfillStore.ReadAllAsync(connection, Key(series), cancel);
        var working = await BackfillStore.IsLeaseHeldAsync(connection, scope, cancel);
        return [.. rows.Select(row => new BackfillStatus(
            row.Place.Id, row.Place.Statement + 1, row.Sql, row.Table, row.Key, row.State == BackfillState.Running && !working ? "interrupted" : BackfillStore.Name(row.State), row.PauseAsked,
            row.Scanned, row.Rows, row.Changed, row.Batches, row.StartedAt, row.UpdatedAt, row.Run))];
    }, cancel);

    public Task<int> PauseAsync(string series, CancellationToken cancel) => talk.AskAsync(
        async connection => await HistoryTables.ReadVersionAsync(connection, cancel) is >= 2 && await BackfillStore.IsLeaseHeldAsync(connection, scope, cancel)
            ? await ExecuteAsync(connection, BackfillStore.AskToPause(Key(series)), cancel) : 0,
        cancel);

    public Task<int> ForgetAsync(string series, CancellationToken cancel) => talk.AskAsync(
        async connection => await HistoryTables.ReadVersionAsync(connection, cancel) is >= 2 && !await BackfillStore.IsLeaseHeldAsync(connection, scope, cancel)
            ? await ExecuteAsync(connection, BackfillStore.ForgetAll(Key(series)), cancel) : 0,
        cancel);

    /// <summary>The backfills of a script, each with what the script sets before it.</summary>
    private static IEnumerable<(BackfillStatement Statement, OwnSettings Own)> Backfills(PreparedSql script)
    {
        if (script.Summary.FirstBackfill is null)
            yield break;
        var own = new OwnSettings();
        foreach (var statement in script.Statements)
        {
            if (statement.Backfill is { } backfill)
                yield return (backfill, own);
            own.Add(statement);
        }
    }

    private Task<BackfillLook> LookAsync(BackfillStatement statement, OwnSettings own, CancellationToken cancel) => talk.AskAsync(async connection =>
    {
        var settings = new SessionSettings(database.LockTimeout, null, database.SearchPath) { Scope = scope };
        await using var begin = new NpgsqlBatch(connection);
        foreach (var command in (IEnumerable<NpgsqlBatchCommand>)[new("BEGIN READ ONLY"), settings.Begin(null), .. own.Commands, new(BackfillSession.ByIndex)])
            begin.BatchCommands.Add(command);
        try
        {
            await begin.ExecuteNonQueryAsync(cancel);
            var table = await KeySearch.FindAsync(connection, statement, cancel);
            var last = await KeySearch.LastKeyAsync(connection, table, cancel);
            return new BackfillLook(table.Name, table.Key.Words, last is null ? null : string.Join(", ", last), table.Rows);
        }
        finally
        {
            await BrokenTransaction.RollBackAsync(connection);
        }
    }, cancel);

    private string Key(string series) => new HistoryKey(series, scope).Text;

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        return await batch.ExecuteNonQueryAsync(cancel);
    }
}
