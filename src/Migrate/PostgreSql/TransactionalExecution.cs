using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.PostgreSql.Locks;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Runs a script and its history row in one transaction, in as few round trips as it can be.</summary>
/// <param name="connection">An open connection.</param>
internal sealed class TransactionalExecution(NpgsqlConnection connection)
{
    /// <summary>Statements in one round trip; bounds what the client holds and how late an error is seen.</summary>
    private const int LargestBatch = 500;

    /// <summary>Characters in one round trip.</summary>
    private const int LargestBatchText = 4_000_000;

    private readonly Dictionary<NpgsqlBatchCommand, SqlStatement> sources = new(ReferenceEqualityComparer.Instance);
    private NpgsqlBatch batch = new(connection);
    private int batchText;

    /// <summary>Runs it: begin, settings and fence, the statements, the verify script taken back again, the session's clean-up, the record, commit.</summary>
    /// <param name="script">The script.</param>
    /// <param name="verify">What must pass before it counts as applied; null for nothing.</param>
    /// <param name="check">Asks the preconditions: whether the statements run; null without any.</param>
    /// <param name="settings">What it runs under.</param>
    /// <param name="epoch">The lease's number.</param>
    /// <param name="record">The history's change.</param>
    /// <param name="cancel">Cancels the running statement; the transaction is rolled back.</param>
    public async Task RunAsync(PreparedSql script, PreparedSql? verify, Func<Task<bool>>? check, SessionSettings settings, long epoch, IReadOnlyList<NpgsqlBatchCommand> record, CancellationToken cancel)
    {
        Add("BEGIN");
        batch.BatchCommands.Add(settings.Begin(epoch));
        if (FoundBackend is not null)
            await FindBackendAsync(FoundBackend, cancel);
        if (check is not null)
            await SendAsync(cancel);
        if (check is null || await check())
        {
            await AddAsync(script, cancel);
            if (script.Summary.ChangesSession)
                Clean();
            if (verify is { StatementCount: > 0 })
                await VerifyAsync(verify, settings, epoch, cancel);
        }

        foreach (var command in record)
            batch.BatchCommands.Add(command);
        // One more statement in the same round trip, and only where somebody could have had to wait.
        var asksForLocks = script.Summary.StrongLocks.Count > 0;
        if (asksForLocks)
            batch.BatchCommands.Add(LocksAtEnd.Question(script.Summary.Creates));
        Add("COMMIT");
        if (asksForLocks)
        {
            await using (batch)
                Locks = await LocksAtEnd.ReadAsync(batch, cancel);
        }
        else
        {
            await SendAsync(cancel);
        }
    }

    /// <summary>What the transaction held just before its end; null when the script takes no strong lock on anything that was there before.</summary>
    public LocksAtEnd? Locks { get; private set; }

    /// <summary>
    /// Hears which backend runs the transaction and when that began, in a round trip of its own: behind a pooler the connection cannot tell. Null where it can.
    /// </summary>
    public Action<int, DateTime>? FoundBackend { get; set; }

    /// <summary>Runs only a verify script, in a transaction that is rolled back.</summary>
    public async Task RunVerifyAsync(PreparedSql verify, SessionSettings settings, long? epoch, CancellationToken cancel)
    {
        Add("BEGIN");
        await VerifyAsync(verify, settings, epoch, cancel);
        Add("ROLLBACK");
        await SendAsync(cancel);
    }

    /// <summary>Whether an error came from the verify script.</summary>
    public bool IsVerifying { get; private set; }

    /// <summary>The statement that an error came from; null when it was one of ours.</summary>
    public SqlStatement? SourceOf(Exception error) =>
        error is NpgsqlException { BatchCommand: NpgsqlBatchCommand command } ? sources.GetValueOrDefault(command) : Copying;

    /// <summary>Whether an error came from COMMIT, so from a check that was deferred to it.</summary>
    public static bool IsCommit(NpgsqlException error) => error.BatchCommand?.CommandText == "COMMIT";

    /// <summary>The COPY that is running, or null.</summary>
    private SqlStatement? Copying { get; set; }

    private async Task FindBackendAsync(Action<int, DateTime> found, CancellationToken cancel)
    {
        await SendAsync(cancel);
        await using var ask = new NpgsqlCommand("/* lk:migrate.backend */ SELECT pg_backend_pid(), transaction_timestamp()", connection);
        await using var row = await ask.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        found(row.GetInt32(0), row.GetDateTime(1));
    }

    private async Task VerifyAsync(PreparedSql verify, SessionSettings settings, long? epoch, CancellationToken cancel)
    {
        await SendAsync(cancel);
        IsVerifying = true;
        Add("SAVEPOINT lockkeeper_verify");
        // The migration may have reset what it ran under; the savepoint takes the settings back with everything else.
        batch.BatchCommands.Add(settings.Begin(epoch));
        await AddAsync(verify, cancel);
        Add("ROLLBACK TO SAVEPOINT lockkeeper_verify");
        await SendAsync(cancel);
        IsVerifying = false;
    }

    private async Task AddAsync(PreparedSql script, CancellationToken cancel)
    {
        foreach (var statement in script.Statements)
        {
            if (statement.Sql.CopyData is { } data)
            {
                await SendAsync(cancel);
                await CopyAsync(statement.Sql, data, cancel);
                continue;
            }

            sources[Add(statement.Sql.Text)] = statement.Sql;
            if (batch.BatchCommands.Count >= LargestBatch || batchText >= LargestBatchText)
                await SendAsync(cancel);
        }
    }

    private void Clean()
    {
        foreach (var statement in SessionSettings.Reset)
            Add(statement);
    }

    private NpgsqlBatchCommand Add(string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        batchText += sql.Length;
        return command;
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        if (batch.BatchCommands.Count == 0)
            return;
        var sending = batch;
        (batch, batchText) = (new NpgsqlBatch(connection), 0);
        await using (sending)
            await sending.ExecuteNonQueryAsync(cancel);
        // No error can come from them any more.
        sources.Clear();
    }

    private async Task CopyAsync(SqlStatement statement, InlineData data, CancellationToken cancel)
    {
        Copying = statement;
        await InlineCopy.RunAsync(connection, statement.Text, data, cancel);
        Copying = null;
    }
}
