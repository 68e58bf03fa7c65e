namespace Lockkeeper.Engines.PostgreSql.Leases;

/// <summary>What the lease needs in schema <c>lockkeeper</c> of a target.</summary>
public static class LeaseTables
{
    /// <summary>
    /// The statements, each safe to run again. A lease has a scope: empty for the whole database, or the name of one schema of it. The heartbeat has a table of its own: a running migration holds the lease row FOR SHARE until it
    /// commits, which is what keeps a second runner out, and the heartbeat must not wait behind that.
    /// </summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        """
        /* lk:leases.table */
        CREATE TABLE IF NOT EXISTS lockkeeper.lease (
            scope text PRIMARY KEY,
            epoch bigint NOT NULL,
            held boolean NOT NULL,
            holder text NOT NULL,
            since timestamptz NOT NULL,
            ttl_ms integer NOT NULL,
            backend_pid integer,
            backend_start timestamptz
        )
        """,
        """
        /* lk:leases.heartbeat_table */
        CREATE TABLE IF NOT EXISTS lockkeeper.heartbeat (
            scope text PRIMARY KEY,
            epoch bigint NOT NULL,
            at timestamptz NOT NULL
        )
        """,
        "/* lk:leases.first_row */ INSERT INTO lockkeeper.lease VALUES ('', 0, false, '', now(), 0, NULL, NULL) ON CONFLICT DO NOTHING",
        "/* lk:leases.first_beat */ INSERT INTO lockkeeper.heartbeat VALUES ('', 0, '-infinity') ON CONFLICT DO NOTHING",
        """
        /* lk:leases.fence */
        CREATE OR REPLACE FUNCTION lockkeeper.fence(mine bigint, what text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $fence$
        BEGIN
            PERFORM FROM lockkeeper.lease WHERE scope = what AND epoch = mine AND held FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the lease of epoch % is no longer held', mine USING ERRCODE = 'LK001';
            END IF;
        END
        $fence$
        """,
    ];

    /// <summary>Makes what leases of further scopes need; safe to run again.</summary>
    /// <param name="connection">An open connection without an open transaction.</param>
    /// <param name="scopes">The scopes.</param>
    /// <param name="cancel">Stops it.</param>
    public static Task AddAsync(Npgsql.NpgsqlConnection connection, IEnumerable<string> scopes, CancellationToken cancel) => LeaseQueries.AddAsync(connection, [.. scopes], cancel);

    /// <summary>The SQLSTATE that <c>lockkeeper.fence</c> raises when the lease went to another runner.</summary>
    public const string FenceState = "LK001";
}
