using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;

namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>Runs statements and asks the server what they did.</summary>
internal sealed class ServerWitness(TestDatabase database, string schema, NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>A session in a schema of its own.</summary>
    public static async Task<ServerWitness> OfAsync(TestDatabase database, string schema, string setup)
    {
        var witness = new ServerWitness(database, schema, await database.OpenAsync());
        await witness.RunAsync($"CREATE SCHEMA {schema}; SET search_path = {schema};" + setup);
        return witness;
    }

    /// <summary>Which of the claims come true of statements that run in one transaction.</summary>
    public async Task<IReadOnlyList<bool>> ObserveAsync(string statements, Claim[] claims, bool commit)
    {
        await RunAsync("BEGIN");
        var before = new List<(string? File, long Read)>();
        foreach (var claim in claims)
            before.Add((await FileAsync(claim.Relation), await ReadAsync(claim.Relation)));
        await RunAsync(statements);
        var held = new List<bool>();
        for (var index = 0; index < claims.Length; index++)
            held.Add(await IsTrueAsync(claims[index], before[index]));
        await RunAsync(commit ? "COMMIT" : "ROLLBACK");
        return held;
    }

    /// <summary>The locks on a relation that a CONCURRENTLY statement has, or asks for, while it waits for an older transaction that writes to it; none when it does not wait.</summary>
    public async Task<IReadOnlyList<string>> ModesWhileItWaitsAsync(string statement, string relation)
    {
        await using var observer = await database.OpenAsync();
        await using var older = await database.OpenAsync();
        await using var transaction = await older.BeginTransactionAsync();
        await using (var write = new NpgsqlCommand($"LOCK TABLE {schema}.{relation} IN ROW EXCLUSIVE MODE", older))
            await write.ExecuteNonQueryAsync();
        var pid = connection.ProcessID;
        var running = RunAsync(statement);
        string? waiting = null;
        while (!running.IsCompleted && waiting is null)
        {
            await Task.Delay(20);
            waiting = await ScalarAsync(observer, $"SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'");
        }

        var modes = waiting is null ? null : await ScalarAsync(observer, $"SELECT string_agg(DISTINCT mode, ',') FROM pg_locks WHERE pid = {pid} AND relation = '{schema}.{relation}'::regclass");
        await transaction.RollbackAsync();
        await running;
        return modes?.Split(',') ?? [];
    }

    public async Task RunAsync(string statements)
    {
        foreach (var statement in SqlSplitter.Split(statements, "test"))
        {
            await using var command = new NpgsqlCommand(statement.Text, connection) { CommandTimeout = 120 };
            await command.ExecuteNonQueryAsync();
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<bool> IsTrueAsync(Claim claim, (string? File, long Read) before)
    {
        var hasLock = claim.Mode.Length == 0
            || await ScalarAsync($"SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND relation = to_regclass('{claim.Relation}') AND granted AND mode = '{claim.Mode}'") is not null;
        return hasLock && claim.Work switch
        {
            // Every table of the proofs has 500 rows or more.
            RowsWork.Scan => await ReadAsync(claim.Relation) >= before.Read + 500,
            RowsWork.Rewrite => await FileAsync(claim.Relation) != before.File,
            _ => true,
        };
    }

    private Task<string?> FileAsync(string relation) => ScalarAsync($"SELECT pg_relation_filenode(to_regclass('{relation}'))::text");

    /// <summary>Rows read by scans of the whole table, of earlier transactions too as long as the server has not added them up; it does that between transactions only.</summary>
    private async Task<long> ReadAsync(string relation) =>
        long.Parse(await ScalarAsync($"SELECT seq_tup_read::text FROM pg_stat_xact_all_tables WHERE relid = to_regclass('{relation}')") ?? "0", CultureInfo.InvariantCulture);

    private Task<string?> ScalarAsync(string sql) => ScalarAsync(connection, sql);

    private static async Task<string?> ScalarAsync(NpgsqlConnection asked, string sql)
    {
        await using var command = new NpgsqlCommand(sql, asked) { AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }
}
