using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>
/// Runs a script without a surrounding transaction, statement by statement. Each statement's intent is committed before it is sent; after a crash
/// the next run finds from intents and catalog what is done and goes on there.
/// </summary>
/// <param name="connection">An open connection.</param>
/// <param name="key">Whose intents.</param>
/// <param name="stamp">The run.</param>
/// <param name="settings">What the statements run under.</param>
/// <param name="epoch">The lease's number.</param>
/// <param name="progress">Hears what was found and done.</param>
/// <param name="clock">The clock.</param>
internal sealed class StepwiseExecution(
    NpgsqlConnection connection, IntentKey key, RunStamp stamp, SessionSettings settings, long epoch, IProgressSink progress, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The statement that is running or ran last; null before the first.</summary>
    public SqlStatement? Current { get; private set; }

    /// <summary>Whether anything of this script is in place.</summary>
    public bool LeftTraces { get; private set; }

    /// <summary>Runs what is not done yet, then the verify script, then records the migration and removes its intents in one transaction.</summary>
    public async Task RunAsync(PreparedSql script, Func<Task> verify, IReadOnlyList<NpgsqlBatchCommand> record, CancellationToken cancel)
    {
        var intents = await Intents.ReadAsync(connection, key, cancel);
        LeftTraces = intents.Count > 0;
        script.RequireUnchanged();
        var own = new OwnSettings();
        foreach (var (i, statement) in script.Statements.Index())
        {
            Current = statement.Sql;
            // Before anything looks an index up by its name.
            if (statement.Facts.CannotRunInTransaction is not null)
                await SendAsync([.. own.ForSession(settings)], cancel);
            if (intents.GetValueOrDefault(i) is { } intent && intent.Sha256 == Intents.Hash(statement.Sql.Text) && await IsDoneAsync(intent, statement, cancel))
            {
                await SendAsync([.. own.Reset], cancel);
                own.Add(statement);
                continue;
            }

            progress.Now($"{key.Id}: {statement.Facts.Command.ToLowerInvariant()}", i, script.StatementCount);
            if (statement.Facts.CannotRunInTransaction is null)
                await RunInOwnTransactionAsync(i, statement, own, cancel);
            else
                await RunBareAsync(i, statement, own, cancel);
            own.Add(statement);
            LeftTraces = true;
        }

        Current = null;
        await SendAsync([.. own.Reset], cancel);
        // Before the record: after a crash here the next run finds every statement done, and looks again.
        await verify();
        await InTransactionAsync([Intents.Remove(key), .. record], cancel);
    }

    private async Task RunInOwnTransactionAsync(int index, PreparedStatement statement, OwnSettings own, CancellationToken cancel)
    {
        if (statement.Sql.CopyData is { } data)
        {
            await InTransactionAsync(own.Commands, cancel, commit: false);
            await InlineCopy.RunAsync(connection, statement.Sql.Text, data, cancel);
            await SendAsync([.. own.Reset, Intents.Write(key, index, statement.Sql.Text, stamp, done: true), new NpgsqlBatchCommand("COMMIT")], cancel);
            return;
        }

        List<NpgsqlBatchCommand> commands = [.. own.Commands, new(statement.Sql.Text)];
        commands.AddRange(statement.Facts.ChangesSession ? OwnSettings.ResetAll : own.Reset);
        commands.Add(Intents.Write(key, index, statement.Sql.Text, stamp, done: true));
        await InTransactionAsync(commands, cancel);
    }

    /// <summary>A statement that cannot run in a transaction: intent, statement, done, each committed by itself.</summary>
    private async Task RunBareAsync(int index, PreparedStatement statement, OwnSettings own, CancellationToken cancel)
    {
        await SendAsync([.. own.Reset], cancel);
        await InTransactionAsync([Intents.Write(key, index, statement.Sql.Text, stamp, done: false)], cancel);
        await SendAsync([.. own.ForSession(settings)], cancel);
        if (statement.Facts.ConcurrentIndex is { } planned)
            await ClearAwayAsync(planned, cancel);
        // No lock_timeout here: it would also bound the wait for old snapshots and leave an INVALID index on a busy server.
        using var limit = settings.StatementTimeout is { } timeout ? new CancellationTokenSource(timeout, clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            await using var command = new NpgsqlCommand(statement.Sql.Text, connection);
            await command.ExecuteNonQueryAsync(both.Token);
        }
        catch (Exception e) when (e is PostgresException or OperationCanceledException && connection.State == System.Data.ConnectionState.Open)
        {
            await SettleAsync(index, statement, own);
            throw;
        }

        await RequireValidAsync(statement, own, cancel);
        await InTransactionAsync([Intents.Write(key, index, statement.Sql.Text, stamp, done: true)], cancel);
    }

    private async Task RequireValidAsync(PreparedStatement statement, OwnSettings own, CancellationToken cancel)
    {
        try
        {
            if (statement.Facts.ConcurrentIndex is { } built)
                await ConcurrentIndexes.RequireValidAsync(connection, built, statement.Sql.At, cancel);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await SendAsync([.. own.Reset], CancellationToken.None);
        }
    }

    /// <summary>The server answered that a statement failed: nothing of it is left, but for an INVALID index, and with nothing left the intent goes too.</summary>
    private async Task SettleAsync(int index, PreparedStatement statement, OwnSettings own)
    {
        try
        {
            var isInvalid = statement.Facts.ConcurrentIndex is { Index: not null } planned && await ConcurrentIndexes.ReadAsync(connection, planned, CancellationToken.None) == IndexState.Invalid;
            LeftTraces |= isInvalid;
            await SendAsync([.. own.Reset], CancellationToken.None);
            if (!isInvalid && statement.Facts.ConcurrentIndex is not { Action: ConcurrentIndexAction.Reindex })
                await SendAsync([Intents.Remove(key, index)], CancellationToken.None);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            // The intent stays; the next run reads from the catalog what is there.
        }
    }

    private async Task ClearAwayAsync(ConcurrentIndex index, CancellationToken cancel)
    {
        if (index.Action == ConcurrentIndexAction.Create && await ConcurrentIndexes.DropLeftoverAsync(connection, index, cancel))
            progress.Say($"{key.Id}: dropped the invalid index {index.Index} that a build which died had left");
        if (index.Action == ConcurrentIndexAction.Reindex)
            await ConcurrentIndexes.DropRebuildLeftoversAsync(connection, index, cancel);
    }

    /// <summary>Decides from intent and catalog whether a statement of an interrupted run is done.</summary>
    private async Task<bool> IsDoneAsync(Intent intent, PreparedStatement statement, CancellationToken cancel)
    {
        if (intent.Done)
            return true;
        while (await Intents.IsRunningAsync(connection, intent, cancel))
        {
            progress.Now($"{key.Id}: waiting for backend {intent.BackendPid}, which still runs the statement of a run that died");
            await Task.Delay(PollInterval, clock, cancel);
        }

        if (statement.Facts.ConcurrentIndex is not { Index: not null } index)
            return false;
        var state = await ConcurrentIndexes.ReadAsync(connection, index, cancel);
        var done = index.Action switch
        {
            ConcurrentIndexAction.Create => state == IndexState.Valid,
            ConcurrentIndexAction.Drop => state == IndexState.Absent,
            _ => false,
        };
        if (done)
            progress.Say($"{key.Id}: statement {intent.Statement + 1} was finished by a run that died; taken as done");
        return done;
    }

    private Task InTransactionAsync(IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancel, bool commit = true)
    {
        List<NpgsqlBatchCommand> all = [new("BEGIN"), settings.Begin(epoch), .. commands];
        if (commit)
            all.Add(new NpgsqlBatchCommand("COMMIT"));
        return SendAsync(all, cancel);
    }

    private async Task SendAsync(IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancel)
    {
        if (commands.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
