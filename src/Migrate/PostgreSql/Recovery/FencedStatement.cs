using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>
/// Sends a statement that cannot run in a transaction in the same message as a transaction that checks the fence: a runner that slept over its lease, or whose message came late, has the transaction refused, and the
/// server passes over what comes after an error up to the message's end.
/// </summary>
/// <remarks>
/// A statement that must stand alone may follow a COMMIT in a message, since that ends the server's own transaction; it may not follow any other statement there ("cannot be executed within a pipeline", PostgreSQL 14.5 and later).
/// A pooler in transaction mode gives one message to one backend. A message of more than 8 KB goes out in parts, and a runner can sleep between two of them.
/// </remarks>
/// <param name="connection">An open connection without an open transaction.</param>
/// <param name="settings">What the transaction runs under.</param>
/// <param name="epoch">The lease's number; null where the script has taken another role, which may not ask for the fence: the session's end has to stop such a runner.</param>
internal sealed class FencedStatement(NpgsqlConnection connection, SessionSettings settings, long? epoch)
{
    /// <summary>Whether the last message was refused before its statement, so that nothing of that was done.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>Sends it.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="before">What is committed before it, where the fence lets it through.</param>
    /// <param name="cancel">Cancels the statement.</param>
    public async Task SendAsync(string sql, IReadOnlyList<NpgsqlBatchCommand> before, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (epoch is not null)
        {
            foreach (var command in (IEnumerable<NpgsqlBatchCommand>)[new("BEGIN"), settings.Begin(epoch), .. before, new("COMMIT")])
                batch.BatchCommands.Add(command);
        }

        var statement = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(statement);
        WasRefused = false;
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e) when (e.BatchCommand is not null && e.BatchCommand != statement)
        {
            WasRefused = true;
            await BrokenTransaction.RollBackAsync(connection);
            throw;
        }
    }
}
