using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.PostgreSql.Recovery;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>
/// Runs a script without a surrounding transaction, statement by statement. A statement that can have a transaction has one of its own, in which it is written down that it is done; the last one's
/// holds the migration's record too. What cannot have one has its intent committed before it is sent, and after a crash the catalog says what became of it.
/// </summary>
/// <param name="connection">An open connection.</param>
/// <param name="isPooled">Whether a pooler stands in between.</param>
/// <param name="key">Whose progress.</param>
/// <param name="stamp">The run.</param>
/// <param name="settings">What the statements run under.</param>
/// <param name="epoch">The lease's number.</param>
/// <param name="progress">Hears what was found and done.</param>
/// <param name="clock">The clock.</param>
internal sealed class StepwiseExecution(
    NpgsqlConnection connection, bool isPooled, IntentKey key, RunStamp stamp, SessionSettings settings, long epoch, IProgressSink progress, TimeProvider clock)
{
    private ScriptProgress done = new(0, "", null);

    /// <summary>The statement that is running or ran last; null before the first.</summary>
    public SqlStatement? Current { get; private set; }

    /// <summary>Whether anything of this script is in place.</summary>
    public bool LeftTraces { get; private set; }

    /// <summary>Whether a statement or batch is done that was not when this began.</summary>
    public bool HasAdvanced { get; private set; }

    /// <summary>What backfills of the script run in.</summary>
    public required BackfillSurroundings Backfills { get; init; }

    /// <summary>Runs what is not done yet, then the verify script, then records the migration and removes its progress in one transaction.</summary>
    /// <param name="script">The script.</param>
    /// <param name="verify">The verify script; null without one.</param>
    /// <param name="record">Makes the history's change, given the time that went by before its transaction.</param>
    /// <param name="cancel">Cancels the running statement.</param>
    /// <exception cref="LockkeeperException">What an earlier run has done of it stands no longer in its file.</exception>
    public async Task RunAsync(PreparedSql script, Func<Task>? verify, Func<TimeSpan?, IReadOnlyList<NpgsqlBatchCommand>> record, CancellationToken cancel)
    {
        var earlier = await Intents.ReadAsync(connection, key, cancel);
        LeftTraces = earlier is not null;
        script.RequireUnchanged();
        var own = new OwnSettings();
        var started = clock.GetTimestamp();
        var isRecorded = false;
        foreach (var (i, statement) in script.Statements.Index())
        {
            Current = statement.Sql;
            if (earlier is not null && i < earlier.Done)
            {
                done = Intents.Next(done, statement.Sql.Text);
                own.Add(statement);
                continue;
            }

            RequireSame(earlier, i, script);
            progress.Now($"{key.Id}: {statement.Facts.Command.ToLowerInvariant()}", i, script.StatementCount);
            if (statement.Backfill is { } backfill)
            {
                isRecorded = verify is null && i == script.StatementCount - 1;
                await RunInBatchesAsync(i, backfill, own, isRecorded ? () => record(clock.GetElapsedTime(started)) : null, cancel);
            }
            else if (statement.Facts.CannotRunInTransaction is not null)
            {
                await RunBareAsync(statement, own, earlier?.Done == i ? earlier.Running : null, cancel);
            }
            else
            {
                isRecorded = verify is null && i == script.StatementCount - 1;
                await RunInOwnTransactionAsync(statement, own, isRecorded ? [Intents.Remove(key), .. record(clock.GetElapsedTime(started))] : null, cancel);
            }

            own.Add(statement);
            LeftTraces = HasAdvanced = true;
        }

        RequireSame(earlier, done.Done, script);
        Current = null;
        await SendAsync([.. own.Reset], cancel);
        if (isRecorded)
            return;
        // Before the record: after a crash here the next run finds every statement done, and looks again.
        if (verify is not null)
            await verify();
        await InTransactionAsync([Intents.Remove(key), .. record(clock.GetElapsedTime(started))], cancel);
    }

    /// <summary>Fails when the statements before this one are not those that an earlier run has done.</summary>
    private void RequireSame(ScriptProgress? earlier, int index, PreparedSql script)
    {
        if (earlier is null || (earlier.Done == index && earlier.DoneSha256 == done.DoneSha256) || index > earlier.Done)
            return;
        throw new LockkeeperException(
            MigrateErrors.DoneEdited, $"an interrupted run has done the first {(earlier.Done == 1 ? "statement" : $"{earlier.Done} statements")} of {script.Source.File}, and the file has others there now",
            "Put them back as they were and change only what comes after them; what else is to change goes into a new migration.", script.Source.At);
    }

    private async Task RunInOwnTransactionAsync(PreparedStatement statement, OwnSettings own, IReadOnlyList<NpgsqlBatchCommand>? record, CancellationToken cancel)
    {
        var next = Intents.Next(done, statement.Sql.Text);
        IReadOnlyList<NpgsqlBatchCommand> after =
        [
            .. statement.Facts.ChangesSession ? OwnSettings.ResetAll : own.Reset,
            .. record ?? [Intents.Done(key, next, stamp)],
        ];
        if (statement.Sql.CopyData is { } data)
        {
            await InTransactionAsync(own.Commands, cancel, commit: false);
            await InlineCopy.RunAsync(connection, statement.Sql.Text, data, cancel);
            await SendAsync([.. after, new NpgsqlBatchCommand("COMMIT")], cancel);
        }
        else
        {
            await InTransactionAsync([.. own.Commands, new(statement.Sql.Text), .. after], cancel);
        }

        done = next;
    }

    /// <summary>What is done before it is written down with the backfill's beginning, so that it counts as begun; its end and what follows from that are one transaction.</summary>
    private async Task RunInBatchesAsync(int index, BackfillStatement statement, OwnSettings own, Func<IReadOnlyList<NpgsqlBatchCommand>>? record, CancellationToken cancel)
    {
        var next = Intents.Next(done, statement.Sql.Text);
        var execution = new BackfillExecution(connection, own, new BackfillPlace(key.Series, key.Id, key.Undo, index), statement, Backfills);
        try
        {
            await execution.RunAsync([Intents.Done(key, done, stamp)], () => record is null ? [Intents.Done(key, next, stamp)] : [Intents.Remove(key), .. record()], cancel);
        }
        catch (Exception) when (!execution.LeftTraces && connection.State == System.Data.ConnectionState.Open)
        {
            await ForgetAsync();
            throw;
        }
        finally
        {
            LeftTraces |= execution.LeftTraces;
            HasAdvanced |= execution.HasAdvanced;
        }

        done = next;
    }

    /// <summary>Nothing is in place, unless another runner has taken over meanwhile.</summary>
    private async Task ForgetAsync()
    {
        try
        {
            await BrokenTransaction.RollBackAsync(connection);
            await InTransactionAsync([Intents.RemoveUnlessDone(key)], CancellationToken.None);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            await BrokenTransaction.RollBackAsync(connection);
        }
    }

    /// <summary>A statement that cannot run in a transaction: intent, statement, done, each committed by itself.</summary>
    private async Task RunBareAsync(PreparedStatement statement, OwnSettings own, Intent? earlier, CancellationToken cancel)
    {
        // Before anything is looked up by its name.
        await SendAsync([.. own.ForSession(settings)], cancel);
        var sender = new FencedStatement(connection, settings, own.ChangeRole ? null : epoch);
        var recovery = new StatementRecovery(connection, sender, ExpectedEffects.Of(statement.Facts), key.Id, progress, clock);
        if (!await recovery.IsDoneAsync(earlier, statement.Sql.Text, done.Done, cancel))
        {
            var before = await recovery.PrepareAsync(earlier, cancel);
            var intent = Intents.Write(key, done, statement.Sql.Text, recovery.Effect?.Words, before, stamp, isPooled);
            if (own.ChangeRole)
            {
                await SendAsync([.. own.Reset], cancel);
                await InTransactionAsync([intent], cancel);
                await SendAsync([.. own.ForSession(settings)], cancel);
            }

            try
            {
                await SendBareAsync(sender, own.ChangeRole ? [] : [intent], statement, cancel);
            }
            catch (Exception e) when (!sender.WasRefused && (e is PostgresException or OperationCanceledException && connection.State == System.Data.ConnectionState.Open))
            {
                await SettleAsync(recovery, before, own);
                throw;
            }

            await RequireEffectAsync(recovery, before, statement, own, cancel);
        }

        await SendAsync([.. own.Reset], cancel);
        done = Intents.Next(done, statement.Sql.Text);
        await InTransactionAsync([Intents.Done(key, done, stamp)], cancel);
    }

    private async Task SendBareAsync(FencedStatement sender, IReadOnlyList<NpgsqlBatchCommand> intent, PreparedStatement statement, CancellationToken cancel)
    {
        // No lock_timeout here: it would also bound the wait for old snapshots and leave an INVALID index on a busy server.
        using var limit = settings.StatementTimeout is { } timeout ? new CancellationTokenSource(timeout, clock) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        await sender.SendAsync(statement.Sql.Text, intent, both.Token);
    }

    /// <summary>The server said that it is done: the catalog has to say so too.</summary>
    private async Task RequireEffectAsync(StatementRecovery recovery, string before, PreparedStatement statement, OwnSettings own, CancellationToken cancel)
    {
        if (!await recovery.HasDebrisAsync(before, cancel))
            return;
        await SendAsync([.. own.Reset], CancellationToken.None);
        throw new LockkeeperException(
            MigrateErrors.InvalidIndex, $"the server says that the statement is done, and not that {recovery.Effect!.Words}", "Run the same command again: what is there is cleared away, and the statement is sent again.", statement.Sql.At);
    }

    /// <summary>The server answered that a statement failed: without debris nothing of it is left, and then the intent goes too.</summary>
    private async Task SettleAsync(StatementRecovery recovery, string before, OwnSettings own)
    {
        try
        {
            // A cancellation may have met the intent's own transaction.
            await BrokenTransaction.RollBackAsync(connection);
            var hasDebris = await recovery.HasDebrisAsync(before, CancellationToken.None);
            LeftTraces |= hasDebris;
            await SendAsync([.. own.Reset], CancellationToken.None);
            await SendAsync(hasDebris ? [Intents.Ended(key)] : [Intents.Done(key, done, stamp), Intents.RemoveUnlessDone(key)], CancellationToken.None);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            // The intent stays; the next run reads from the catalog what is there.
        }
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
