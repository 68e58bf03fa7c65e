using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>What a transaction held just before its COMMIT.</summary>
/// <param name="Locks">Relations that were there before it, with the modes that keep others waiting, as pg_locks writes them.</param>
/// <param name="Open">How long it had been open.</param>
internal sealed record LocksAtEnd(IReadOnlyList<(string Relation, string Mode)> Locks, TimeSpan Open)
{
    private const string Mark = "lk_held";

    /// <summary>What asks for it inside the transaction.</summary>
    /// <param name="creates">The relations that the script creates, as written: nobody could have waited for them.</param>
    public static NpgsqlBatchCommand Question(IEnumerable<string> creates) => HistoryQueries.With(
        $"""
        /* lk:migrate.locks_held */
        SELECT c.oid::pg_catalog.regclass::text AS {Mark}, l.mode, (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000)::float8
        FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
          AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname !~ '^(pg_|information_schema$|lockkeeper$)'
          AND NOT EXISTS (SELECT FROM pg_catalog.unnest($1) made (name) WHERE pg_catalog.to_regclass(made.name) = c.oid)
        LIMIT 50
        """,
        (object)creates.ToArray());

    /// <summary>Sends a batch in which the question is one of the commands, and reads the answer.</summary>
    public static async Task<LocksAtEnd?> ReadAsync(NpgsqlBatch batch, CancellationToken cancel)
    {
        LocksAtEnd? read = null;
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        do
        {
            // The script's own queries have answers too.
            if (reader.FieldCount == 0 || reader.GetName(0) != Mark)
                continue;
            var (locks, open) = (new List<(string, string)>(), 0.0);
            while (await reader.ReadAsync(cancel))
            {
                locks.Add((reader.GetString(0), reader.GetString(1)));
                open = reader.GetDouble(2);
            }

            read = new LocksAtEnd(locks, TimeSpan.FromMilliseconds(open));
        }
        while (await reader.NextResultAsync(cancel));
        return read;
    }
}
