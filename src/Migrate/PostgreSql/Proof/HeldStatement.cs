using System.Diagnostics;
using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Runs a statement that commits by itself, such as CREATE INDEX CONCURRENTLY, so slowly that its locks can be seen.</summary>
/// <remarks>
/// One session holds SHARE UPDATE EXCLUSIVE on every table, which each such statement wants or conflicts with: it waits at its first lock, is looked at, and let
/// go. A second one holds a snapshot and ACCESS SHARE: what waits for older snapshots or for all who read the table waits there, with all that it holds by then.
/// </remarks>
/// <param name="server">The shadow database.</param>
/// <param name="connection">The session that runs it.</param>
/// <param name="tables">The quoted names of all tables.</param>
internal sealed class HeldStatement(PostgreSqlServer server, NpgsqlConnection connection, IReadOnlyList<string> tables)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs it.</summary>
    /// <returns>The locks that were seen, and the time without the waiting for our own sessions.</returns>
    public async Task<(IReadOnlyList<(long Relation, int Strength)> Locks, double Milliseconds)> RunAsync(string sql, CancellationToken cancel)
    {
        await using var observing = await server.OpenAsync(cancel);
        await using var writer = await HoldAsync("READ COMMITTED", "SHARE UPDATE EXCLUSIVE", cancel);
        await using var reader = await HoldAsync("REPEATABLE READ", "ACCESS SHARE", cancel);
        var holders = new List<NpgsqlConnection> { writer, reader };
        var observer = new LockObserver(observing, connection.ProcessID);
        var seen = new HashSet<(long, int)>();
        var waited = TimeSpan.Zero;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        var started = Stopwatch.GetTimestamp();
        var running = command.ExecuteNonQueryAsync(both.Token);
        var looked = started;
        while (!running.IsCompleted)
        {
            try
            {
                var (locks, blockedBy) = await observer.LookAsync(cancel);
                seen.UnionWith(locks);
                var blocking = holders.Where(holder => blockedBy.Contains(holder.ProcessID)).ToList();
                if (blocking.Count > 0)
                    waited += Stopwatch.GetElapsedTime(looked);
                looked = Stopwatch.GetTimestamp();
                foreach (var holder in blocking)
                {
                    holders.Remove(holder);
                    await holder.CloseAsync();
                }
            }
            catch
            {
                await both.CancelAsync();
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            await Task.WhenAny(running, Task.Delay(Pause, CancellationToken.None));
        }

        await running;
        return ([.. seen], Math.Max(0.1, (Stopwatch.GetElapsedTime(started) - waited).TotalMilliseconds));
    }

    private async Task<NpgsqlConnection> HoldAsync(string isolation, string mode, CancellationToken cancel)
    {
        var holder = await server.OpenAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(holder) { BatchCommands = { new NpgsqlBatchCommand($"/* lk:migrate.proof_hold */ BEGIN ISOLATION LEVEL {isolation}"), new NpgsqlBatchCommand("SELECT 1") } };
            if (tables.Count > 0)
                batch.BatchCommands.Add(new NpgsqlBatchCommand($"LOCK TABLE ONLY {string.Join(", ONLY ", tables)} IN {mode} MODE"));
            await batch.ExecuteNonQueryAsync(cancel);
            return holder;
        }
        catch
        {
            await holder.DisposeAsync();
            throw;
        }
    }
}
