using System.Runtime.CompilerServices;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>The ledger in a SQLite file: any number of processes of one machine may append and read.</summary>
/// <param name="path">The file; it is made with the first entry.</param>
/// <param name="clock">Gives the entries' times, and limits the wait for other writers.</param>
public sealed class SqliteLedger(string path, TimeProvider clock) : ILedger, IDisposable
{
    /// <summary>How long an append waits for other writers. An append takes a few milliseconds, so this long means a process that hangs.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim gate = new(1, 1);
    private LedgerWriter? writer;

    /// <inheritdoc/>
    public Task<LedgerEntry> AppendAsync(LedgerFact fact, CancellationToken cancel) => AppendAsync(fact, toDisk: true, cancel);

    /// <inheritdoc/>
    public Task<LedgerEntry> AppendStepAsync(LedgerFact fact, CancellationToken cancel) => AppendAsync(fact, toDisk: false, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<LedgerEntry> ReadAsync(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var connection = await WhenFreeAsync(() => LedgerFile.OpenExisting(path), cancel);
        if (connection is null)
            yield break;
        using var reader = new LedgerReader(connection, filter);
        while (await WhenFreeAsync(reader.Next, cancel) is { } entry)
            yield return entry;
    }

    /// <inheritdoc/>
    public async Task<(long Number, string Hash)?> HeadAsync(CancellationToken cancel) => await WhenFreeAsync<(long, string)?>(
        () =>
        {
            using var connection = LedgerFile.OpenExisting(path);
            return connection is null ? null : LedgerReader.Head(connection);
        },
        cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        writer?.Dispose();
        gate.Dispose();
    }

    private async Task<LedgerEntry> AppendAsync(LedgerFact fact, bool toDisk, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            return await WhenFreeAsync(() => (writer ??= new LedgerWriter(LedgerFile.OpenOrCreate(path))).Append(fact, clock.GetUtcNow(), toDisk), cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Works on the file, again and again while another process holds it.</summary>
    private async Task<T> WhenFreeAsync<T>(Func<T> work, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                return work();
            }
            catch (SqliteException e) when (LedgerFailure.IsBusy(e) && clock.GetElapsedTime(started) < LongestWait)
            {
                await Task.Yield();
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw LedgerFailure.Of(e, path);
            }
        }
    }
}
