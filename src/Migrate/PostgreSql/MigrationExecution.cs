using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.PostgreSql.Locks;
using Lockkeeper.Migrate.PostgreSql.Recovery;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Runs one migration in one direction: tries again when a lock is not to be had or too many wait behind it, finds out what a cut connection did, names what failed.</summary>
/// <param name="session">The target's connection, opened anew when it was lost.</param>
/// <param name="database">Lock time limit, tries and budget.</param>
/// <param name="journal">Takes what was seen of the migration's locks.</param>
/// <param name="clock">The clock.</param>
internal sealed class MigrationExecution(TargetSession session, DatabaseConfig database, LockJournal journal, TimeProvider clock)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="StepFailedException">It failed; says whether something is left behind.</exception>
    public async Task RunAsync(PreparedMigration migration, bool undo, RunStamp stamp, long epoch, IProgressSink progress, CancellationToken cancel)
    {
        await RunAsync(migration, undo, stamp, duration => MigrationRecord.Of(migration, undo, stamp, duration), epoch, progress, cancel);
    }

    /// <summary>Runs a script of which the history hears nothing.</summary>
    /// <exception cref="StepFailedException">It failed; says whether something is left behind.</exception>
    public Task RunUnrecordedAsync(PreparedMigration alone, RunStamp stamp, long epoch, IProgressSink progress, CancellationToken cancel) =>
        RunAsync(alone, undo: false, stamp, _ => [], epoch, progress, cancel);

    private async Task RunAsync(
        PreparedMigration migration, bool undo, RunStamp stamp, Func<TimeSpan?, IReadOnlyList<NpgsqlBatchCommand>> record, long epoch, IProgressSink progress, CancellationToken cancel)
    {
        var script = (PreparedSql)(undo ? migration.Down! : migration.Up);
        var settings = SessionSettings.Of(database, script, stamp.Scope);
        var recorder = new LockRecorder();
        var watched = new WatchedMigration(
            new LockTries(migration.Migration.Id, database, recorder, progress, clock), recorder,
            database.Locks.TerminateBlockers is { } policy ? new BlockerTermination(policy, migration.Migration.Id, progress, clock) : null,
            new BlockingNews(stamp, progress, clock));
        try
        {
            await new ObstacleCheck(session, database, clock).ClearAsync(migration.Migration.Id, script, watched, progress, cancel);
            if (script.InTransaction)
                await RunInTransactionAsync(migration, script, undo, stamp, record, settings, watched, epoch, progress, cancel);
            else
                await RunStepwiseAsync(migration, script, undo, stamp, record, settings, watched, epoch, progress, cancel);
        }
        finally
        {
            watched.News.End();
            journal.Add(migration.Migration.Id, recorder.Record());
        }
    }

    private async Task RunInTransactionAsync(
        PreparedMigration migration, PreparedSql script, bool undo, RunStamp stamp, Func<TimeSpan?, IReadOnlyList<NpgsqlBatchCommand>> record, SessionSettings settings, WatchedMigration watched, long epoch, IProgressSink progress, CancellationToken cancel)
    {
        while (true)
        {
            NpgsqlConnection? connection = null;
            TransactionalExecution? execution = null;
            await using var watch = new LockWatch(session.Watcher, database.Locks, clock, cancel);
            watched.Recorder.BeginTry();
            try
            {
                connection = await session.ConnectionAsync(cancel);
                execution = new TransactionalExecution(connection);
                if (session.Identity!.IsPooled)
                    execution.FoundBackend = (backend, start) => watched.Start(watch, backend, start, settings.LockTimeout);
                else
                    watched.Start(watch, connection.ProcessID, null, settings.LockTimeout);
                await execution.RunAsync(script, VerifyOf(migration, undo), CheckOf(migration, undo, connection, stamp, progress, watch.Token), settings, epoch, record(null), watch.Token);
                await watch.StopAsync();
                watched.Recorder.EndTransaction(watch.Elapsed);
                if (execution.Locks is { } end)
                    watched.Recorder.AddEnd(end);
                return;
            }
            catch (Exception e) when (e is StepLeftException or StepFailedException)
            {
                await BrokenTransaction.RollBackAsync(connection!);
                throw;
            }
            catch (LockkeeperException e) when (execution is not null)
            {
                await BrokenTransaction.RollBackAsync(connection!);
                throw new StepFailedException(e, leftTraces: false);
            }
            catch (Exception e) when (ServerErrors.IsServerError(e) || e is OperationCanceledException)
            {
                await watch.StopAsync();
                if (connection is not null && BrokenTransaction.IsLost(e, connection))
                {
                    switch (await session.WasRecordedAsync(migration.Migration, stamp, undo, epoch))
                    {
                        case true: return;
                        case null: throw new StepFailedException(Unknown(e, script), leftTraces: true);
                    }
                }
                else if (connection is not null)
                {
                    await BrokenTransaction.RollBackAsync(connection);
                }

                if (await watched.Tries.NextAsync(e, watch.GivenUp, cancel))
                    continue;
                var error = Explain(e, migration.Mirror, script, execution is null ? null : execution.SourceOf, watched, cancel);
                throw new StepFailedException(execution is { IsVerifying: true } ? FailedVerification.Explain(error, migration, isUndone: true) : error, leftTraces: false);
            }
        }
    }

    private async Task RunStepwiseAsync(
        PreparedMigration migration, PreparedSql script, bool undo, RunStamp stamp, Func<TimeSpan?, IReadOnlyList<NpgsqlBatchCommand>> record, SessionSettings settings, WatchedMigration watched, long epoch, IProgressSink progress, CancellationToken cancel)
    {
        // What an earlier try has left is left, also when the runner that took over has finished it since and removed its row.
        var leftTraces = false;
        while (true)
        {
            StepwiseExecution? execution = null;
            TransactionalExecution? verification = null;
            NpgsqlConnection? connection = null;
            await using var watch = new LockWatch(session.Watcher, database.Locks, clock, cancel);
            watched.Recorder.BeginTry();
            try
            {
                connection = await session.ConnectionAsync(cancel);
                RequireNoSettingsThroughPooler(script, settings);
                if (session.Identity!.IsPooled)
                    watched.Recorder.NotWatched = "through a pooler nobody knows which backend runs a statement outside of a transaction";
                else
                    watched.Start(watch, connection.ProcessID, null, settings.LockTimeout);
                execution = new StepwiseExecution(connection, session.Identity!.IsPooled, new IntentKey(stamp.Key.Text, migration.Migration.Id, undo), stamp, settings, epoch, progress, clock)
                {
                    Backfills = new BackfillSurroundings(session.Server, database, stamp, settings, epoch, progress, session.Notes, clock) { IsPooled = session.Identity!.IsPooled },
                };
                verification = new TransactionalExecution(connection);
                var runs = await CheckFirstAsync(migration, undo, connection, stamp, settings, epoch, progress, watch.Token);
                await execution.RunAsync(runs ? script : script.WithoutStatements(), runs && VerifyOf(migration, undo) is { StatementCount: > 0 } ? Verify : null, record, watch.Token);
                return;

                Task Verify() => verification.RunVerifyAsync(VerifyOf(migration, undo)!, settings, epoch, watch.Token);
            }
            catch (Exception e) when (ServerErrors.IsServerError(e) || e is OperationCanceledException or LockkeeperException)
            {
                await watch.StopAsync();
                leftTraces |= execution?.LeftTraces ?? false;
                if (execution is { HasAdvanced: true })
                    watched.Tries.StartAnew();
                if (connection is not null && !BrokenTransaction.IsLost(e, connection))
                    await BrokenTransaction.RollBackAsync(connection);
                else if (connection is not null && !cancel.IsCancellationRequested && await session.LostLeaseAsync(stamp.Scope, epoch, cancel))
                    throw new StepFailedException(LostLease.Error(session.Name, execution?.Current?.At ?? script.Source.At, e), leftTraces);
                // A cut connection is another matter, even when it was cut because the server did not answer the cancellation in time.
                if ((connection is null || !BrokenTransaction.IsLost(e, connection)) && await watched.Tries.NextAsync(e, watch.GivenUp, cancel))
                    continue;
                if (verification is { IsVerifying: true } && e is PostgresException { SqlState: not LeaseTables.FenceState } && !cancel.IsCancellationRequested)
                    throw await TakeBackAsync(migration, stamp, Explain(e, migration.Mirror, script, verification.SourceOf, watched, cancel), epoch, progress);
                throw new StepFailedException(Explain(e, migration.Mirror, script, _ => execution?.Current, watched, cancel), leftTraces);
            }
        }
    }

    /// <summary>Asks the preconditions in the migration's own transaction; null when there are none or it is undone.</summary>
    private Func<Task<bool>>? CheckOf(PreparedMigration migration, bool undo, NpgsqlConnection connection, RunStamp stamp, IProgressSink progress, CancellationToken cancel) =>
        undo || migration.Migration.Preconditions is not { } set ? null
        : () => new PreconditionChecks(connection, stamp.Series, migration.Migration, session.Asked, progress).RunsAsync(set, cancel);

    /// <summary>Asks them before a migration that has no transaction. One that a run left half done was allowed then, and goes on.</summary>
    private async Task<bool> CheckFirstAsync(
        PreparedMigration migration, bool undo, NpgsqlConnection connection, RunStamp stamp, SessionSettings settings, long epoch, IProgressSink progress, CancellationToken cancel)
    {
        if (CheckOf(migration, undo, connection, stamp, progress, cancel) is not { } check || await Intents.ReadAsync(connection, new IntentKey(stamp.Series, migration.Migration.Id, undo), cancel) is not null)
            return true;
        await using var begin = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand("BEGIN"), settings.Begin(epoch) } };
        await begin.ExecuteNonQueryAsync(cancel);
        try
        {
            return await check();
        }
        finally
        {
            await BrokenTransaction.RollBackAsync(connection);
        }
    }

    /// <summary>Runs only a verify script, and takes everything back; answers its error.</summary>
    public async Task<LockkeeperException?> RunVerifyAsync(PreparedSql verify, CancellationToken cancel)
    {
        TransactionalExecution? execution = null;
        NpgsqlConnection? connection = null;
        try
        {
            connection = await session.ConnectionAsync(cancel);
            execution = new TransactionalExecution(connection);
            await execution.RunVerifyAsync(verify, SessionSettings.Of(database, verify, ""), epoch: null, cancel);
            return null;
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is OperationCanceledException)
        {
            if (connection is not null && !BrokenTransaction.IsLost(e, connection))
                await BrokenTransaction.RollBackAsync(connection);
            var error = Explain(e, null, verify, execution is null ? null : execution.SourceOf, null, cancel);
            return e is PostgresException && error.Code == MigrateErrors.MigrationFailed ? error : throw error;
        }
    }

    private static PreparedSql? VerifyOf(PreparedMigration migration, bool undo) => undo ? null : (PreparedSql?)migration.Verify;

    /// <summary>Undoes a migration that ran without a transaction and is not recorded, because its verify script failed.</summary>
    private async Task<StepFailedException> TakeBackAsync(PreparedMigration migration, RunStamp stamp, LockkeeperException error, long epoch, IProgressSink progress)
    {
        if (migration.Down is null)
            return new StepFailedException(FailedVerification.Explain(error, migration, isUndone: false), leftTraces: true);
        try
        {
            // There is no row to change; the intents say what is in place, and go with it.
            await RunAsync(migration, undo: true, stamp, _ => [Intents.Remove(new IntentKey(stamp.Key.Text, migration.Migration.Id, Undo: false)), BackfillStore.Forget(stamp.Key.Text, migration.Migration.Id, undo: false)], epoch, progress, CancellationToken.None);
            return new StepFailedException(FailedVerification.Explain(error, migration, isUndone: true), leftTraces: false);
        }
        catch (StepFailedException undo)
        {
            progress.Say($"{migration.Migration.Id}: its revert script failed: {undo.Message}");
            return new StepFailedException(FailedVerification.Explain(error, migration, isUndone: false), leftTraces: true);
        }
    }

    /// <summary>A migration that was stopped on somebody's wish; nothing of it is in place.</summary>
    public static LockkeeperException Cancelled(PreparedSql script, SourcePosition at, Exception e) =>
        new(KernelErrors.Cancelled, $"{script.Source.File} was cancelled while it ran", "Run the same command again to go on.", at, e);

    /// <summary>A migration whose connection was lost; nothing of it is in place.</summary>
    public static LockkeeperException Lost(PreparedSql script, string target, SourcePosition at, Exception e)
    {
        var lost = ServerErrors.Translate(e, target);
        return new LockkeeperException(lost.Code, $"{script.Source.File}: {lost.Message}", lost.Hint, at, e);
    }

    /// <summary>Nobody can say what is in place: claiming that nothing is would be a guess.</summary>
    private LockkeeperException Unknown(Exception e, PreparedSql script) => new(
        PostgreSqlErrors.ConnectionLost, $"{script.Source.File}: the connection to {session.Name} was cut, and the server did not come back to say whether the migration was committed",
        "When the server is back, look at 'lk migrate status' and run the same command again: it goes on from what is in place.", script.Source.At, e);

    /// <summary>A pooler may give a statement outside of a transaction another server connection than the settings before it.</summary>
    private void RequireNoSettingsThroughPooler(PreparedSql script, SessionSettings settings)
    {
        if (!session.Identity!.IsPooled || script.Summary.FirstBare is not { } bare)
            return;
        var setting = script.Statements.TakeWhile(statement => statement.Facts.CannotRunInTransaction is null).LastOrDefault(OwnSettings.Is);
        if (settings.SearchPath.Count == 0 && setting is null)
            return;
        throw new LockkeeperException(
            MigrateErrors.MigrationFailed, $"a statement outside a transaction cannot be given {(setting is null ? "a search_path" : "settings")} through a pooler",
            $"{(setting is null ? "Write the names with their schema" : "Take the setting out of the file")}, or point the target at the server instead of the pooler.", (setting ?? bare).Sql.At);
    }

    private LockkeeperException Explain(
        Exception e, ForeignMirror? mirror, PreparedSql script, Func<Exception, SqlStatement?>? sourceOf, WatchedMigration? watched, CancellationToken cancel)
    {
        if (e is LockkeeperException known)
            return known;
        var server = e as PostgresException;
        var statement = sourceOf?.Invoke(e) ?? (watched?.Tries.GivenUp is null ? null : Running(script, watched.Recorder.Running));
        var at = statement is null ? script.Source.At : server?.Position > 0 ? statement.PositionOf(server.Position - 1) : statement.At;
        var heldBy = (watched?.Recorder.Blockers ?? []).Select(blocker => new ErrorFact("HELD BY", blocker));
        // Who is stopped has no other try, and a session that was cut may have been cut by the runner that took over: neither is the reason then.
        var isMissed = watched?.Tries.GivenUp is not null || server?.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected;
        if (cancel.IsCancellationRequested && (isMissed || ServerErrors.IsConnectionLost(e)))
            return Cancelled(script, at, e);
        if (watched?.Tries.GivenUp is { } why)
        {
            return new LockkeeperException(
                MigrateErrors.LocksGivenUp, $"{why}; it gave its locks up, in each of {Plural(watched.Tries.Try)}",
                "Apply it when less goes on, make what it does under its lock shorter ('lk migrate fix' knows how), or raise locks: max_waiting of the database in lockkeeper.yaml.", at, e)
            { Facts = [.. heldBy, .. watched.Recorder.Record().Waiting.Select(session => new ErrorFact("WAITED", session))] };
        }

        if (e is OperationCanceledException || (server?.SqlState == PostgresErrorCodes.QueryCanceled && cancel.IsCancellationRequested))
        {
            return cancel.IsCancellationRequested
                ? Cancelled(script, at, e)
                : new LockkeeperException(PostgreSqlErrors.StatementTimedOut, $"{script.Source.File} ran into its time limit of {Durations.Words(script.Source.Timeout ?? default)}", "Raise '-- lk: timeout', or make the statement smaller.", at, e);
        }

        if (server is null || ServerErrors.IsConnectionLost(server))
            return Lost(script, session.Name, at, e);

        if (server.SqlState == LeaseTables.FenceState)
            return LostLease.Error(session.Name, at, e);
        if (AdoptedTable.Explain(server, mirror) is { } foreign)
            return foreign;
        var facts = new List<ErrorFact>(ServerErrors.Facts(server));
        if (statement is not null)
            facts.Add(new ErrorFact("STATEMENT", ScriptPreparation.Shorten(statement.Text)));
        else if (TransactionalExecution.IsCommit(server))
            facts.Add(new ErrorFact("STATEMENT", "COMMIT (a check that was deferred to the end of the transaction)"));
        facts.AddRange(heldBy);
        if (server.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return new LockkeeperException(
                MigrateErrors.LockNotReached, $"{server.MessageText} ({watched?.Tries.Try ?? 1} tries of {Durations.Words(database.LockTimeout)} each)",
                "Let the sessions that hold the lock end, or raise lock_timeout or lock_retries of the database in lockkeeper.yaml.", at, e)
            { Facts = facts };
        }

        var code = server.SqlState == PostgresErrorCodes.InsufficientPrivilege ? PostgreSqlErrors.PrivilegeMissing : MigrateErrors.MigrationFailed;
        return new LockkeeperException(code, server.MessageText, HintOf(server, script), at, e) { Facts = facts };
    }

    /// <summary>The statement of a script that a backend ran, by what the server shows of its text: the first track_activity_query_size bytes, 1024 unless set.</summary>
    private static SqlStatement? Running(PreparedSql script, string? shown) => shown is not { Length: > 0 } || script.IsLarge ? null
        : script.Statements.FirstOrDefault(statement => statement.Sql.Text == shown || (shown.Length >= 250 && statement.Sql.Text.StartsWith(shown, StringComparison.Ordinal)))?.Sql;

    private static string Plural(int tries) => tries == 1 ? "1 try" : $"{tries} tries";

    /// <summary>A transaction that touches thousands of relations holds a lock on each to its end, and the server's room for them is limited.</summary>
    private static string HintOf(PostgresException server, PreparedSql script) => server.SqlState == PostgresErrorCodes.OutOfMemory && script.InTransaction && server.Hint is { } locks
        ? $"{locks} Or divide the file, or put '-- lk: no-transaction' at its top: then each statement gives its locks back."
        : server.Hint ?? "Correct the file and run the command again.";
}
