using System.Runtime.CompilerServices;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.State;

/// <summary>The ledger in the database of the state: any number of processes of any number of machines may append and read.</summary>
/// <param name="find">Gives the database when it is first needed.</param>
/// <param name="clock">Gives the entries' times, and limits the wait for other writers and for a server that restarts.</param>
public sealed class PostgreSqlLedger(Func<CancellationToken, Task<StateDatabase>> find, TimeProvider clock) : ILedger
{
    /// <summary>How long an append waits for other writers, and for a server that restarts: a run should not stop half-way for that.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>So many entries are read at once: a reader that takes its time holds no connection meanwhile.</summary>
    private const int AtOnce = 500;

    private StateDatabase? found;

    /// <inheritdoc/>
    public Task<LedgerEntry> AppendAsync(LedgerFact fact, CancellationToken cancel) => AppendAsync(fact, toDisk: true, cancel);

    /// <inheritdoc/>
    public Task<LedgerEntry> AppendStepAsync(LedgerFact fact, CancellationToken cancel) => AppendAsync(fact, toDisk: false, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<LedgerEntry> ReadAsync(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (after, isLast) = (filter.After ?? long.MinValue, false);
        while (!isLast)
        {
            var from = after;
            var page = await UseAsync<IReadOnlyList<LedgerEntry>>(make: false, [], connection => LedgerQueries.Read(connection, filter, from, AtOnce), cancel);
            foreach (var entry in page)
                yield return entry;
            isLast = filter.Last is not null || page.Count < AtOnce;
            after = page.Count > 0 ? page[^1].Number : after;
        }
    }

    /// <inheritdoc/>
    public Task<(long Number, string Hash)?> HeadAsync(CancellationToken cancel) => UseAsync(make: false, null, connection =>
        LedgerQueries.Head(connection, lockIt: false) is { Number: > 0 } head ? head : ((long, string)?)null, cancel);

    private async Task<LedgerEntry> AppendAsync(LedgerFact fact, bool toDisk, CancellationToken cancel)
    {
        LedgerEntry? tried = null;
        return (await UseAsync<LedgerEntry?>(make: true, null, connection =>
        {
            // When the connection broke before the answer to COMMIT came, the entry itself tells whether it was written.
            if (tried is not null && LedgerQueries.HashOf(connection, tried.Number) == tried.Hash)
                return tried;
            using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted);
            // A writer that hangs or was paused within its transaction must not stop all others.
            LedgerQueries.Limit(connection, toDisk);
            var head = LedgerQueries.Head(connection, lockIt: true)
                ?? throw new LockkeeperException(KernelErrors.LedgerTampered, "the recorded end of the ledger is missing", "Find out with 'lk ledger verify' what was changed, and put the state's backup in its place.");
            tried = HashChain.Link(fact, clock.GetUtcNow(), head);
            LedgerQueries.Append(connection, tried);
            transaction.Commit();
            return tried;
        }, cancel))!;
    }

    /// <summary>Works, again and again while another writer holds the end or the server restarts.</summary>
    private async Task<T> UseAsync<T>(bool make, T missing, Func<NpgsqlConnection, T> work, CancellationToken cancel)
    {
        var database = found ??= await find(cancel);
        var started = clock.GetTimestamp();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                return database.Use(make, missing, work);
            }
            catch (Exception e) when (ServerErrors.IsServerError(e))
            {
                // A server that never answered is said to be away at once: its address may be wrong.
                var isBusy = e is PostgresException { SqlState: "55P03" };
                var comesBack = ServerErrors.IsConnectionLost(e) && database.WasThere;
                if ((!isBusy && !comesBack) || clock.GetElapsedTime(started) > LongestWait)
                    throw database.Failure(e, KernelErrors.LedgerUnusable);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancel);
        }
    }
}
