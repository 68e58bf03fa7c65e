using Lockkeeper.Engines.PostgreSql.Sql;
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
        Add("COMMIT");
        await SendAsync(cancel);
    }

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
