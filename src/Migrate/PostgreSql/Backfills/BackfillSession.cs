using System.Data;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Sends the parts of a backfill's transactions.</summary>
/// <param name="connection">An open connection.</param>
/// <param name="own">What the script has set so far.</param>
/// <param name="around">Settings and lease.</param>
internal sealed class BackfillSession(NpgsqlConnection connection, OwnSettings own, BackfillSurroundings around)
{
    /// <summary>
    /// Index scans only: a table that was analyzed when it was small would be read as a whole for each batch. What has no index counts as so expensive then that the server would compile each statement (jit_above_cost), for a second and more.
    /// </summary>
    public const string ByIndex = "/* lk:backfill.plan */ SELECT pg_catalog.set_config('enable_seqscan', 'off', true), pg_catalog.set_config('jit', 'off', true)";

    private const string AnyPlan = "/* lk:backfill.plan */ SET LOCAL enable_seqscan TO DEFAULT";

    public NpgsqlConnection Connection => connection;

    /// <summary>Begins a transaction that holds the lease and the checkpoint, and asks something in it with the script's settings.</summary>
    /// <param name="limit">How long a statement may run.</param>
    /// <param name="place">Whose checkpoint.</param>
    /// <param name="then">What to ask.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>The checkpoint, and the first row of the answer; each null when there is none.</returns>
    public async Task<(BackfillRow? Checkpoint, string[]? Then)> BeginAsync(TimeSpan limit, BackfillPlace place, NpgsqlBatchCommand? then, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in (IEnumerable<NpgsqlBatchCommand>)[new("BEGIN ISOLATION LEVEL READ COMMITTED"), (around.Settings with { StatementTimeout = limit }).Begin(around.Epoch), BackfillStore.Lock(place)])
            batch.BatchCommands.Add(command);
        foreach (var command in own.Commands.Append(new NpgsqlBatchCommand(ByIndex)))
            batch.BatchCommands.Add(command);
        if (then is not null)
            batch.BatchCommands.Add(then);
        await using var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancel);
        // The first result is that of the settings; those of the script come in between.
        await reader.NextResultAsync(cancel);
        var one = await reader.ReadAsync(cancel) ? BackfillStore.Read(reader) : null;
        string[]? last = null;
        while (await reader.NextResultAsync(cancel))
            last = await reader.ReadAsync(cancel) ? Texts(reader) : null;
        return (one, then is null ? null : last);
    }

    /// <summary>Sends the statement for a range in the open transaction; answers how many rows it has changed.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">The range.</param>
    /// <param name="anyPlan">Whether the planner may read other tables as a whole.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<long> ChangeAsync(string sql, IEnumerable<NpgsqlParameter> parameters, bool anyPlan, CancellationToken cancel)
    {
        if (anyPlan)
            await SendAsync([new NpgsqlBatchCommand(AnyPlan)], cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A number out of the open transaction.</summary>
    public async Task<long> CountAsync(string sql, IEnumerable<NpgsqlParameter> parameters, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return await command.ExecuteScalarAsync(cancel) as long? ?? 0;
    }

    /// <summary>Takes the script's settings back, sends some commands and commits.</summary>
    public Task CommitAsync(IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancel) => SendAsync([.. own.Reset, .. commands, new NpgsqlBatchCommand("COMMIT")], cancel);

    /// <summary>Ends the open transaction, whatever state it is in.</summary>
    public Task<bool> RollBackAsync() => BrokenTransaction.RollBackAsync(connection);

    private async Task SendAsync(IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static string[] Texts(NpgsqlDataReader row)
    {
        var texts = new string[row.FieldCount];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = row.GetValue(i) as string ?? "";
        return texts;
    }
}
