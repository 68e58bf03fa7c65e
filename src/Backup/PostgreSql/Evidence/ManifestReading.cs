using System.Globalization;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Evidence;

/// <summary>
/// Makes a manifest of a server that goes on working. For a moment writers of the tables are held back (a SHARE lock each): then a restore point is written and snapshots are taken, which so hold
/// exactly what is committed before that point. A table whose writers do not let go within the time is left out, and that is said. Counting begins when the locks are gone.
/// </summary>
/// <param name="database">A database of the cluster; null for the administrator's.</param>
/// <param name="policy">How much is hashed.</param>
/// <param name="clock">The clock.</param>
/// <param name="progress">Hears how far it is.</param>
internal sealed class ManifestReading(Func<string?, PostgreSqlServer> database, DrillConfig policy, TimeProvider clock, IProgressSink progress)
{
    /// <summary>Tables of one database; each of them takes a place in the server's lock table.</summary>
    private const int MostTables = 1_000;

    /// <summary>Of a larger table only as many blocks are hashed.</summary>
    private const long MostHashedBytes = 1L << 30;

    /// <summary>How long writers are held back at most, in milliseconds: for one table, and in all.</summary>
    private const int OneLock = 100, AllLocks = 500;

    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(30);

    public async Task<Manifest> MakeAsync(string set, CancellationToken cancel)
    {
        var point = $"lockkeeper_{set}";
        var (notCounted, work) = (new List<string>(), new List<Half>());
        try
        {
            foreach (var name in await DatabasesAsync(cancel))
                work.Add(new Half(name, await database(name).OpenAsync(cancel), await database(name).OpenAsync(cancel)));
            var left = AllLocks;
            foreach (var half in work)
                left = await LockAsync(half, left, notCounted, cancel);
            // All that is committed to these tables is visible now, and nothing more comes until the locks are gone.
            foreach (var half in work)
                await RunAsync(half.Snapshot, cancel, "/* lk:backup.snapshot */ BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT 1");
            var (at, moment) = (await Rows.ReadAsync(work[0].Locks, $"/* lk:backup.restore_point */ SELECT pg_create_restore_point({SqlText.Literal(point)})::text, clock_timestamp()", row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancel))[0];
            foreach (var half in work)
                await RunAsync(half.Locks, cancel, "/* lk:backup.unlock */ COMMIT");
            // The segment goes to the archive now, and not when it is full.
            await RunAsync(work[0].Locks, cancel, "/* lk:backup.switch_wal */ SELECT pg_switch_wal()");
            _ = Lsn.TryParse(at, out var lsn);
            return new Manifest(set, point, lsn, moment, await CountAsync(work, notCounted, cancel), notCounted);
        }
        finally
        {
            foreach (var half in work)
                await half.DisposeAsync();
            progress.Now(null);
        }
    }

    private async Task<IReadOnlyList<string>> DatabasesAsync(CancellationToken cancel)
    {
        await using var connection = await database(null).OpenAsync(cancel);
        return await Rows.ReadAsync(connection, "/* lk:backup.databases */ SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname", row => row.GetString(0), cancel);
    }

    private static async Task<int> LockAsync(Half half, int left, List<string> notCounted, CancellationToken cancel)
    {
        var tables = await Rows.ReadAsync(
            half.Locks,
            $"""
            /* lk:backup.tables */
            SELECT n.nspname::text, c.relname::text, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') AND n.nspname NOT LIKE 'pg\_toast%'
            ORDER BY c.relpages DESC, 1, 2 LIMIT {MostTables + 1}
            """,
            row => new Counted(TableHash.Name(row.GetString(0), row.GetString(1)), row.GetInt64(2)), cancel);
        if (tables.Count > MostTables)
            notCounted.Add($"{half.Database}: all but its {MostTables} largest tables");
        await RunAsync(half.Snapshot, cancel, [.. TableHash.Settings]);
        await RunAsync(half.Locks, cancel, "BEGIN");
        foreach (var table in tables.Take(MostTables))
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var limit = Math.Min(OneLock, left);
            var taken = limit > 0 && await TryLockAsync(half.Locks, table.Name, limit, cancel);
            left -= (int)watch.ElapsedMilliseconds;
            if (taken)
                half.Tables.Add(table);
            else
                notCounted.Add($"{half.Database}: {table.Name}: others went on writing to it");
        }

        return left;
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, string table, int limit, CancellationToken cancel)
    {
        await RunAsync(connection, cancel, "SAVEPOINT one", string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {limit}"));
        try
        {
            await RunAsync(connection, cancel, $"/* lk:backup.lock */ LOCK TABLE ONLY {table} IN SHARE MODE", "RELEASE one");
            return true;
        }
        catch (PostgresException)
        {
            await RunAsync(connection, cancel, "ROLLBACK TO one", "RELEASE one");
            return false;
        }
    }

    private async Task<IReadOnlyList<TableEvidence>> CountAsync(IReadOnlyList<Half> work, List<string> notCounted, CancellationToken cancel)
    {
        var (evidence, all, done) = (new List<TableEvidence>(), work.Sum(half => half.Tables.Count), 0);
        var until = clock.GetUtcNow() + MostTime;
        foreach (var half in work)
        {
            foreach (var table in half.Tables)
            {
                progress.Now("counting and hashing tables", ++done, all);
                if (clock.GetUtcNow() > until)
                {
                    notCounted.Add($"{half.Database}: {table.Name}: counting took too long");
                    continue;
                }

                var percent = Math.Min(policy.SamplePercent, table.Bytes <= MostHashedBytes ? 100 : Math.Max(0.01, Math.Round(100.0 * MostHashedBytes / table.Bytes, 2)));
                evidence.Add((await Rows.ReadAsync(half.Snapshot, TableHash.Sql(table.Name, percent), row => new TableEvidence(half.Database, table.Name, row.GetInt64(0), row.GetString(1), percent), cancel))[0]);
            }
        }

        return evidence;
    }

    /// <summary>Sends statements in one message.</summary>
    private static async Task RunAsync(NpgsqlConnection connection, CancellationToken cancel, params IReadOnlyList<string> statements)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Counted(string Name, long Bytes);

    /// <summary>Two sessions in a database: one holds the locks, the other one the snapshot.</summary>
    private sealed record Half(string Database, NpgsqlConnection Locks, NpgsqlConnection Snapshot) : IAsyncDisposable
    {
        public List<Counted> Tables { get; } = [];

        public async ValueTask DisposeAsync()
        {
            await Locks.DisposeAsync();
            await Snapshot.DisposeAsync();
        }
    }
}
