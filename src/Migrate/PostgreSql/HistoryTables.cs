using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Schema <c>lockkeeper</c> of a target: made when missing, in one transaction, by any number of runners at once.</summary>
internal static class HistoryTables
{
    /// <summary>The version of these tables; a newer one than this program knows is refused.</summary>
    public const int Version = 2;

    /// <summary>Any fixed number: two runners that make the schema at once wait for each other inside their transactions.</summary>
    private const long CreationLock = 0x6c6b_6d69_6772;

    /// <summary>What makes the tables where they are missing; runs in one transaction.</summary>
    public static IReadOnlyList<string> Statements { get; } =
    [
        $"/* lk:migrate.creation_lock */ SELECT pg_advisory_xact_lock({CreationLock})",
        // IF NOT EXISTS would ask for the right to create schemas even when an administrator has made this one for the role.
        "/* lk:migrate.schema */ DO $$ BEGIN IF to_regnamespace('lockkeeper') IS NULL THEN CREATE SCHEMA lockkeeper; END IF; END $$",
        "/* lk:migrate.meta */ CREATE TABLE IF NOT EXISTS lockkeeper.meta (one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL)",
        """
        /* lk:migrate.migrations */
        CREATE TABLE IF NOT EXISTS lockkeeper.migrations (
            series text NOT NULL,
            id text NOT NULL,
            kind text NOT NULL,
            name text NOT NULL,
            file text NOT NULL,
            sha256 text NOT NULL,
            artifact text NOT NULL,
            run text NOT NULL,
            applied_by text NOT NULL,
            applied_at timestamptz NOT NULL,
            duration_ms double precision NOT NULL,
            outcome text NOT NULL CHECK (outcome IN ('applied', 'baseline', 'rolled_back')),
            applied_order bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            PRIMARY KEY (series, id)
        )
        """,
        """
        /* lk:migrate.intents */
        CREATE TABLE IF NOT EXISTS lockkeeper.intents (
            series text NOT NULL,
            id text NOT NULL,
            undo boolean NOT NULL,
            done integer NOT NULL,
            done_sha256 text NOT NULL,
            run text NOT NULL,
            started_at timestamptz NOT NULL,
            sha256 text,
            effect text,
            before text,
            backend_pid integer,
            backend_start timestamptz,
            PRIMARY KEY (series, id, undo)
        )
        """,
        """
        /* lk:migrate.releases */
        CREATE TABLE IF NOT EXISTS lockkeeper.releases (
            series text NOT NULL,
            artifact text NOT NULL,
            environment text NOT NULL,
            run text NOT NULL,
            outcome text NOT NULL CHECK (outcome IN ('applied', 'passed', 'failed', 'rolled_back')),
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (series, artifact)
        )
        """,
        """
        /* lk:migrate.snapshot */
        CREATE TABLE IF NOT EXISTS lockkeeper.snapshot (
            scope text PRIMARY KEY,
            fingerprint text NOT NULL,
            objects bytea NOT NULL,
            last_order bigint NOT NULL,
            run text NOT NULL,
            taken_at timestamptz NOT NULL
        )
        """,
        """
        /* lk:migrate.adoptions */
        CREATE TABLE IF NOT EXISTS lockkeeper.adoptions (
            series text PRIMARY KEY,
            tool text NOT NULL,
            table_schema text NOT NULL,
            table_name text NOT NULL,
            format text NOT NULL,
            run text NOT NULL,
            adopted_by text NOT NULL,
            adopted_at timestamptz NOT NULL,
            left_at timestamptz
        )
        """,
        BackfillStore.Table,
        .. LeaseTables.Statements,
        $"/* lk:migrate.version */ INSERT INTO lockkeeper.meta VALUES (true, {Version}) ON CONFLICT (one) DO UPDATE SET version = excluded.version",
    ];

    /// <summary>Makes what is missing.</summary>
    public static async Task CreateAsync(NpgsqlConnection connection, string where, CancellationToken cancel)
    {
        if (await ReadVersionAsync(connection, cancel) is { } version)
        {
            RequireKnown(version, where);
            if (version == Version)
                return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var statement in Statements)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            await batch.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new LockkeeperException(
                Engines.PostgreSql.PostgreSqlErrors.PrivilegeMissing, $"{where}: the role may not create the schema lockkeeper: {e.MessageText}",
                "Run as an owner of the database: CREATE SCHEMA lockkeeper AUTHORIZATION the_role; or GRANT CREATE ON DATABASE the_database TO the_role.", inner: e);
        }
    }

    /// <summary>The version of the tables that are there; null when there are none.</summary>
    public static async Task<int?> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var exists = new NpgsqlCommand("/* lk:migrate.exists */ SELECT to_regclass('lockkeeper.meta') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancel) is not true)
            return null;
        await using var read = new NpgsqlCommand("/* lk:migrate.read_version */ SELECT version FROM lockkeeper.meta", connection);
        return await read.ExecuteScalarAsync(cancel) as int?;
    }

    /// <summary>Fails when the tables are newer than this program.</summary>
    public static void RequireKnown(int version, string where)
    {
        if (version > Version)
            throw new LockkeeperException(MigrateErrors.HistoryTooNew, $"the history of {where} has version {version}, and this lk knows {Version}", "Use a newer lk.");
    }
}
