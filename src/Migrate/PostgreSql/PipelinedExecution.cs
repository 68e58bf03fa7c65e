using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate.PostgreSql.Locks;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>
/// Sends several small migrations in one round trip, each in a transaction of its own with its history row: on a long series the turns between
/// client and server take as long as the work. After an error the server passes over everything up to the end of the message, so nothing that
/// comes after a failed migration is started.
/// </summary>
/// <param name="session">The target's connection.</param>
/// <param name="database">Lock time limit, budget and search path.</param>
/// <param name="journal">Takes what was seen of the locks of those that took long enough.</param>
/// <param name="clock">The clock.</param>
internal sealed class PipelinedExecution(TargetSession session, DatabaseConfig database, LockJournal journal, TimeProvider clock)
{
    /// <summary>Statements of all together; bounds how much work an error leaves unreported for a moment.</summary>
    private const int MostStatements = 128;

    /// <summary>Characters of all together.</summary>
    private const int MostText = 128_000;

    /// <summary>How many of the next migrations may go together: those that run in a transaction and send nothing but statements.</summary>
    public static int Count(IReadOnlyList<PreparedMigration> next)
    {
        var (count, statements, text) = (0, 0, 0);
        foreach (var migration in next)
        {
            var script = (PreparedSql)migration.Up;
            statements += script.StatementCount;
            text += script.Text.Length;
            if (NeedsAnswers(migration) || !script.InTransaction || script.Summary.ChangesSession || script.IsLarge || script.Summary.HasInlineData || statements > MostStatements || text > MostText)
                break;
            count++;
        }

        return Math.Max(count, 1);
    }

    /// <summary>Whether something is asked or decided between its statements.</summary>
    private static bool NeedsAnswers(PreparedMigration migration) => migration is not { Verify: null, Migration: { Preconditions: null, LeavesFailed: false } };

    /// <summary>Applies them. What fails is left to be done by itself, which names the place, the blockers and the server's words.</summary>
    /// <exception cref="StepFailedException">The connection was lost, and the server did not come back to say what is in place.</exception>
    public async Task<DoneTogether> RunAsync(IReadOnlyList<PreparedMigration> migrations, RunStamp stamp, long epoch, BlockingNews news, CancellationToken cancel)
    {
        var all = migrations.Select(migration => migration.Migration).ToList();
        // Whose lock is not to be had soon is done by itself, which waits and says for whom.
        if (!await new ObstacleCheck(session, database, clock).IsClearAsync(migrations.Select(migration => (PreparedSql)migration.Up), cancel))
            return new DoneTogether([], null);
        NpgsqlConnection? connection = null;
        var backend = 0;
        var seen = new SeenTogether();
        await using var watch = new LockWatch(session.Watcher, database.Locks, clock, cancel);
        try
        {
            connection = await session.ConnectionAsync(cancel);
            backend = connection.ProcessID;
            watch.Start(backend, null, database.LockTimeout, seen.Of, news: news);
            await using var batch = Batch(connection, migrations, stamp, epoch);
            await batch.ExecuteNonQueryAsync(watch.Token);
            await watch.StopAsync();
            await seen.AddToAsync(journal, connection, stamp);
            return new DoneTogether(Prefix(all, await HistoryQueries.DurationsAsync(connection, all.Count, stamp, CancellationToken.None)), null);
        }
        catch (Exception e) when (connection is not null && (ServerErrors.IsServerError(e) || e is OperationCanceledException))
        {
            await watch.StopAsync();
            // What is in place is asked, not concluded from the error: it may have come after a commit.
            var isLost = !await BrokenTransaction.RollBackAsync(connection);
            var done = Prefix(all, isLost
                ? await session.DurationsAsync(all.Count, stamp, epoch, backend) ?? throw Unknown(e, migrations[0])
                : await HistoryQueries.DurationsAsync(connection, all.Count, stamp, CancellationToken.None));
            if (done.Count == all.Count)
                return new DoneTogether(done, null);
            // Some are in place, so the one that follows need not have begun: it is done by itself. After a crash of the server it is not tried again, since it may be the cause.
            if (isLost && done.Count > 0 && !cancel.IsCancellationRequested && await session.ServedThroughoutAsync(epoch, cancel))
                return new DoneTogether(done, null);
            // Those that wait behind it go on now, before the one that kept them waiting is tried again by itself.
            if (watch.GivenUp is not null && !isLost && !cancel.IsCancellationRequested)
                await Task.Delay(LockTries.Pause(0), clock, CancellationToken.None);
            var failed = (PreparedSql)migrations[done.Count].Up;
            return new DoneTogether(done, cancel.IsCancellationRequested ? MigrationExecution.Cancelled(failed, failed.Source.At, e) : isLost ? MigrationExecution.Lost(failed, session.Name, failed.Source.At, e) : null);
        }
        finally
        {
            news.End();
        }
    }

    private NpgsqlBatch Batch(NpgsqlConnection connection, IReadOnlyList<PreparedMigration> migrations, RunStamp stamp, long epoch)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var migration in migrations)
        {
            var script = (PreparedSql)migration.Up;
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
            batch.BatchCommands.Add(SessionSettings.Of(database, script, stamp.Scope).Begin(epoch));
            foreach (var statement in script.Statements)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement.Sql.Text));
            foreach (var command in MigrationRecord.Of(migration, undo: false, stamp, null))
                batch.BatchCommands.Add(command);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        }

        return batch;
    }

    /// <summary>The server works them off in order, so those in place are the first ones.</summary>
    private static List<TimeSpan> Prefix(List<Migration> migrations, IReadOnlyDictionary<string, TimeSpan> durations) =>
        [.. migrations.TakeWhile(migration => durations.ContainsKey(migration.Id)).Select(migration => durations[migration.Id])];

    private StepFailedException Unknown(Exception e, PreparedMigration first) => new(
        new LockkeeperException(
            PostgreSqlErrors.ConnectionLost, $"{first.Migration.Up.File}: the connection to {session.Name} was cut, and the server did not come back to say which migrations were committed",
            "When the server is back, look at 'lk migrate status' and run the same command again: it goes on from what is in place.", first.Migration.Up.At, e),
        leftTraces: true);
}
