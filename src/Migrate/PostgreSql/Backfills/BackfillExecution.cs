using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>
/// Runs an UPDATE or DELETE in batches by key range. Each batch is a transaction that holds the lease's row and the checkpoint, changes the rows of one range and moves the checkpoint behind it: whatever dies,
/// a range is done once, and at most the batch that ran is lost.
/// </summary>
/// <param name="connection">An open connection.</param>
/// <param name="own">What the script has set so far.</param>
/// <param name="place">Whose checkpoint.</param>
/// <param name="statement">The statement.</param>
/// <param name="around">What it runs in.</param>
internal sealed class BackfillExecution(NpgsqlConnection connection, OwnSettings own, BackfillPlace place, BackfillStatement statement, BackfillSurroundings around)
{
    /// <summary>Rows that sessions wrote behind a batch are done in another pass, where the condition tells them from those that are done.</summary>
    private const int MostPasses = 3;

    private static readonly TimeSpan PlanLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ThrottlePoll = TimeSpan.FromMilliseconds(250);

    private readonly BackfillConfig config = around.Database.Backfill;
    private readonly BackfillSession session = new(connection, own, around);
    private readonly BatchSize size = new(around.Database.Backfill.BatchTime, statement.Directive.MaxRows ?? around.Database.Backfill.MaxRows);
    private readonly Throttle throttle = new(around.Database.Backfill, around.Clock);
    private BackfillTable table = null!;
    private BackfillRow row = null!;
    private BackfillProgress shown = null!;

    /// <summary>Whether a batch is committed, in this run or an earlier one.</summary>
    public bool LeftTraces { get; private set; }

    /// <summary>Whether a batch is committed in this run.</summary>
    public bool HasAdvanced { get; private set; }

    /// <summary>Runs it, from the start or from where an earlier run has stopped.</summary>
    /// <param name="start">What is committed together with its beginning.</param>
    /// <param name="finish">What is committed together with the backfill's end.</param>
    /// <param name="cancel">Stops it; the batch that runs is taken back.</param>
    /// <exception cref="LockkeeperException">It cannot run, was paused or was held up.</exception>
    public async Task RunAsync(IReadOnlyList<NpgsqlBatchCommand> start, Func<IReadOnlyList<NpgsqlBatchCommand>> finish, CancellationToken cancel)
    {
        try
        {
            await OpenAsync(start, cancel);
            await WorkAsync(finish, cancel);
        }
        catch (Exception)
        {
            // Whatever it is: nobody may find the transaction open.
            await session.RollBackAsync();
            throw;
        }
    }

    private async Task WorkAsync(Func<IReadOnlyList<NpgsqlBatchCommand>> finish, CancellationToken cancel)
    {
        shown = new BackfillProgress(around, statement, table, row);
        await using var watch = new ServerWatch(around.Server, table.Name, around.Clock);
        await watch.LookedAsync(cancel);
        var verification = new BackfillVerification(session, statement, table, config);
        for (var passes = 1; ; passes++)
        {
            await PassAsync(watch, cancel);
            shown.Verifying();
            var (left, counted) = await verification.CountAsync(row, cancel);
            if (left is > 0 and var rest && passes < MostPasses)
            {
                shown.Again(rest);
                await SaveAsync(row with { Last = null, Scanned = 0, Pass = row.Pass + 1 }, null, cancel);
                continue;
            }

            if (left > 0)
            {
                throw new LockkeeperException(
                    MigrateErrors.BackfillIncomplete, $"the {statement.Words} went through the table {MostPasses} times, and {left:N0} rows still fulfil its condition",
                    "Sessions write such rows all the time: let a trigger or the application write them as they should be, then run the same command again.", statement.Sql.At);
            }

            await SaveAsync(row with { State = BackfillState.Done }, finish, cancel);
            shown.Ended(row, counted, left, throttle.Waited);
            return;
        }
    }

    private async Task PassAsync(ServerWatch watch, CancellationToken cancel)
    {
        var failures = 0;
        while (!row.IsAtEnd)
        {
            if (throttle.Reason(watch.Load) is { } reason)
            {
                await HoldAsync(reason, cancel);
                continue;
            }

            shown.GoesOn();
            try
            {
                var started = around.Clock.GetTimestamp();
                var rows = await BatchAsync(watch, cancel);
                var took = around.Clock.GetElapsedTime(started);
                size.Took(took, rows);
                failures = 0;
                await RestAsync(watch, took, cancel);
            }
            catch (PostgresException e) when (IsPassing(e) && !cancel.IsCancellationRequested)
            {
                await session.RollBackAsync();
                if (++failures > around.Database.LockRetries)
                {
                    throw new LockkeeperException(
                        MigrateErrors.BackfillHeldUp, $"the {statement.Words} stands still after {shown.Where(row)}: {e.MessageText} ({failures} tries)",
                        "Let the sessions that hold its rows end, or raise lock_timeout or lock_retries of the database; then run the same command again: it goes on there.", statement.Sql.At, e)
                    { Facts = ServerErrors.Facts(e) };
                }

                size.GaveUp(forTime: e.SqlState == PostgresErrorCodes.QueryCanceled);
                shown.Now(row, size.Rows, $"batch given up, try {failures + 1}: {e.MessageText}");
                var pause = TimeSpan.FromMilliseconds(Math.Min(5_000, 50 * Math.Pow(2, failures)) * (0.5 + Random.Shared.NextDouble() / 2));
                throttle.Wait("locks", pause);
                await Task.Delay(pause, around.Clock, cancel);
            }
        }
    }

    /// <summary>Finds table and key, and the checkpoint of an earlier run or a new one.</summary>
    private async Task OpenAsync(IReadOnlyList<NpgsqlBatchCommand> start, CancellationToken cancel)
    {
        var sha256 = BackfillHash.Of(statement.Sql.Text);
        var (found, _) = await session.BeginAsync(PlanLimit, place, null, cancel);
        var goesOn = found is { State: not BackfillState.Done };
        if (goesOn && found!.Sha256 != sha256)
            throw Changed(found);
        table = await KeySearch.FindAsync(connection, goesOn ? statement with { Directive = statement.Directive with { Key = found!.Key } } : statement, cancel);
        // Fixed now, as one statement would see only what is there when it begins: rows with a later key are the application's.
        var end = goesOn ? null : await KeySearch.LastKeyAsync(connection, table, cancel);
        LeftTraces = found is { State: not BackfillState.Done, Batches: > 0 };
        row = goesOn
            ? found! with { State = BackfillState.Running, PauseAsked = false, Rows = table.Rows ?? found.Rows }
            : new BackfillRow { Place = place, Sql = statement.Sql.Text, Sha256 = sha256, Table = table.Name, Key = [.. table.Key.Columns.Select(column => column.Name)], End = end, Rows = table.Rows, StartedAt = around.Clock.GetUtcNow() };
        await session.CommitAsync([goesOn ? BackfillStore.Checkpoint(row, around.Stamp, around.Epoch) : BackfillStore.Begin(row, around.Stamp, around.Epoch), .. start], cancel);
    }

    /// <summary>One batch; answers how many rows it looked at.</summary>
    private async Task<int> BatchAsync(ServerWatch watch, CancellationToken cancel)
    {
        var isFirst = row.Last is null;
        var next = new NpgsqlBatchCommand($"/* lk:backfill.next */ {table.Key.SelectNext(table.Name, isFirst, size.Rows)}");
        foreach (var parameter in table.Key.Parameters(new KeyRange(row.Last, row.End!)))
            next.Parameters.Add(parameter);
        var (found, upTo) = await session.BeginAsync(size.Limit, place, next, cancel);
        Require(found);
        if (found!.PauseAsked)
        {
            await session.CommitAsync([BackfillStore.Checkpoint(row with { State = BackfillState.Paused }, around.Stamp, around.Epoch)], cancel);
            throw Paused();
        }

        if (!around.IsPooled)
            watch.Backend = connection.ProcessID;
        var range = new KeyRange(row.Last, upTo ?? row.End!);
        var rows = upTo is null ? (int)await session.CountAsync($"/* lk:backfill.count */ {table.Key.SelectCount(table.Name, isFirst)}", table.Key.Parameters(range), cancel) : size.Rows;
        var changed = await session.ChangeAsync(statement.Where(table.Key.Condition(statement.Reference, isFirst)), table.Key.Parameters(range), statement.ReadsOthers, cancel);
        var after = row with { Last = range.UpTo, Scanned = row.Scanned + rows, Changed = row.Changed + changed, Batches = row.Batches + 1 };
        await session.CommitAsync([BackfillStore.Checkpoint(after, around.Stamp, around.Epoch)], cancel);
        row = after;
        LeftTraces = HasAdvanced = true;
        shown.Now(row, size.Rows, null);
        return rows;
    }

    /// <summary>Others must not find the checkpoint elsewhere than this run has left it: then two would work at once.</summary>
    private void Require(BackfillRow? found)
    {
        var isAsLeft = found is not null && found.Batches == row.Batches && found.Pass == row.Pass && (found.Last ?? []).SequenceEqual(row.Last ?? []);
        if (!isAsLeft)
            throw new LockkeeperException(MigrateErrors.BackfillChanged, $"the checkpoint of the {statement.Words} was changed by somebody else while it ran", "Run the same command again: it goes on from the checkpoint.", statement.Sql.At);
    }

    private async Task RestAsync(ServerWatch watch, TimeSpan took, CancellationToken cancel)
    {
        var pause = statement.Directive.Pause ?? config.Pause;
        if (watch.TakeWaiting() is var waiting && waiting > config.MaxWaiting)
        {
            size.HeldOthers();
            // As much time for them as was taken.
            pause += took;
            throttle.Wait("sessions", took);
            shown.GivesWay(row, size.Rows, waiting);
        }

        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, around.Clock, cancel);
    }

    private async Task HoldAsync(string reason, CancellationToken cancel)
    {
        shown.Waits(row, size.Rows, Throttle.Kind(reason), reason, throttle.InOneGo);
        await Task.Delay(ThrottlePoll, around.Clock, cancel);
        throttle.Wait(Throttle.Kind(reason), ThrottlePoll);
        if (throttle.IsOverdue)
        {
            throw new LockkeeperException(
                MigrateErrors.BackfillHeldUp, $"the {statement.Words} has waited for {Durations.Words(config.LongestWait)} after {shown.Where(row)}: {reason}",
                "Run the same command again when that is over: it goes on there. The limits are under 'backfill' of the database in lockkeeper.yaml.", statement.Sql.At);
        }

        if (await BackfillStore.ReadAsync(connection, place, cancel) is { PauseAsked: true })
        {
            await SaveAsync(row with { State = BackfillState.Paused, PauseAsked = true }, null, cancel);
            throw Paused();
        }
    }

    /// <summary>Writes the checkpoint by itself.</summary>
    private async Task SaveAsync(BackfillRow next, Func<IReadOnlyList<NpgsqlBatchCommand>>? finish, CancellationToken cancel)
    {
        var (found, _) = await session.BeginAsync(PlanLimit, place, null, cancel);
        Require(found);
        await session.CommitAsync([BackfillStore.Checkpoint(next, around.Stamp, around.Epoch), .. finish?.Invoke() ?? []], cancel);
        row = next;
    }

    /// <summary>What passes by itself: a lock that was not to be had, a deadlock, a snapshot that is too old, the batch's own time limit.</summary>
    private static bool IsPassing(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.QueryCanceled;

    private LockkeeperException Paused() => new(
        MigrateErrors.BackfillPaused, $"the {statement.Words} was paused after {shown.Where(row)}", "'lk migrate backfill --resume' goes on with it, and so does the next 'lk migrate apply'.", statement.Sql.At);

    private LockkeeperException Changed(BackfillRow found) => new(
        MigrateErrors.BackfillChanged, $"the backfill has changed {found.Changed:N0} rows already with another text of the statement",
        "Put the text back as it was; or, where going through all rows again does no harm, forget what is done: 'lk migrate backfill --forget --yes'.", statement.Sql.At)
    {
        Facts = [new ErrorFact("STATEMENT", ScriptPreparation.Shorten(found.Sql))],
    };
}
