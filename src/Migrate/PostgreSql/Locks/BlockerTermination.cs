using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Ends sessions that keep a lock from a migration for too long, where a policy allows it; over all tries of one migration.</summary>
/// <param name="policy">The policy.</param>
/// <param name="id">The migration.</param>
/// <param name="progress">Hears of each session that is ended, or why one is not.</param>
/// <param name="clock">The clock.</param>
internal sealed class BlockerTermination(TerminationConfig policy, string id, IProgressSink progress, TimeProvider clock)
{
    /// <summary>Programs that a backup runs over an ordinary session; the others are walsenders, which are no client backends.</summary>
    private static readonly string[] Backups = ["pg_dump", "pg_dumpall", "pg_basebackup", "pgbackrest", "pgBackRest", "barman", "wal-g"];

    private readonly Dictionary<(int, DateTime?), long> since = [];
    private readonly HashSet<(int, DateTime?)> decided = [];

    /// <summary>Ends those of a look whose time is over.</summary>
    public async Task LookAsync(NpgsqlConnection connection, LockSample sample, LockRecorder recorder)
    {
        // One that only stands before us in the queue keeps nothing from us once those that hold the lock are gone.
        foreach (var blocker in sample.Blockers.Where(blocker => blocker.Holds is not null))
        {
            var key = (blocker.Pid, blocker.Started);
            since.TryAdd(key, clock.GetTimestamp());
            if (decided.Contains(key) || clock.GetElapsedTime(since[key]) < policy.After)
                continue;
            decided.Add(key);
            if (!Fits(blocker))
                continue;
            var words = blocker.Words(sample.Wanted ?? "what it wants");
            if (Protection(blocker) is { } protection)
                progress.Say($"{id}: not ended, although the policy names it, because it is {protection}: {words}");
            else
                await EndAsync(connection, blocker, words, recorder);
        }
    }

    /// <summary>Whether a session would be ended when it keeps a lock from the migration for long enough.</summary>
    public bool WouldEnd(Blocker blocker) => Fits(blocker) && Protection(blocker) is null;

    private async Task EndAsync(NpgsqlConnection connection, Blocker blocker, string words, LockRecorder recorder)
    {
        try
        {
            await using var command = new NpgsqlCommand(
                "/* lk:migrate.terminate_blocker */ SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2", connection)
            { Parameters = { new() { Value = blocker.Pid }, new() { Value = blocker.Started!, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz } } };
            if (await command.ExecuteScalarAsync(CancellationToken.None) is not true)
                return;
            recorder.Terminated(words);
            progress.Say($"{id}: ended, after {Durations.Words(policy.After)} in the way: {words}");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            progress.Say($"{id}: not ended, because the role may not ({e.MessageText}; grant it pg_signal_backend): {words}");
        }
    }

    private bool Fits(Blocker blocker) =>
        (policy.Roles.Count == 0 || policy.Roles.Contains(blocker.Role)) && (policy.Applications.Count == 0 || policy.Applications.Contains(blocker.Application))
        && !policy.Never.Contains(blocker.Role) && !policy.Never.Contains(blocker.Application);

    /// <summary>What it is that is never ended; null for a session like any other.</summary>
    private static string? Protection(Blocker blocker) => blocker switch
    {
        { Pid: 0 } => "a prepared transaction",
        { PreventsWraparound: true } => "the autovacuum that prevents wraparound",
        { Started: null } or { Kind: "" } => "a session whose kind this role may not see (grant it pg_read_all_stats)",
        { Kind: not "client backend" } => $"a {blocker.Kind}",
        _ when Backups.Any(name => blocker.Application.StartsWith(name, StringComparison.Ordinal)) => "a backup",
        _ when blocker.Application.StartsWith("lockkeeper", StringComparison.Ordinal) || blocker.Query.StartsWith("/* lk:", StringComparison.Ordinal) => "one of Lockkeeper's own",
        _ => null,
    };
}
