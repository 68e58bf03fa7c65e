using System.Globalization;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Looks at the locks of a session from another one.</summary>
/// <param name="connection">The observer's own connection, to the same database.</param>
/// <param name="pid">The session that is observed.</param>
internal sealed class LockObserver(NpgsqlConnection connection, int pid)
{
    /// <summary>The relations that it has locked or waits for, and the sessions that it waits for.</summary>
    public async Task<(IReadOnlyList<(long Relation, int Strength)> Locks, IReadOnlyList<int> BlockedBy)> LookAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.proof_locks */
            SELECT l.relation::int8, l.mode, array_to_string(pg_blocking_pids($1), ',') FROM pg_locks l
            WHERE l.pid = $1 AND l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            UNION ALL SELECT 0, '', array_to_string(pg_blocking_pids($1), ',')
            """, connection) { Parameters = { new NpgsqlParameter { Value = pid } } };
        var locks = new List<(long, int)>();
        var blockedBy = new HashSet<int>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.GetInt64(0) != 0)
                locks.Add((reader.GetInt64(0), LockTable.Strength(reader.GetString(1))));
            foreach (var blocker in reader.GetString(2).Split(',', StringSplitOptions.RemoveEmptyEntries))
                blockedBy.Add(int.Parse(blocker, CultureInfo.InvariantCulture));
        }

        return (locks, [.. blockedBy]);
    }
}
