using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.State;

/// <summary>The tables of the state, and the one program that makes them when several begin at once.</summary>
internal static class StateSchema
{
    /// <summary>The version of the tables that this program knows.</summary>
    private const int Version = 1;

    /// <summary>The lock under which the tables are made; "LKst" as a number.</summary>
    private const long MakingLock = 0x4c4b7374;

    /// <summary>The triggers stop accidents and scripts; who removes them leaves traces that the chain shows.</summary>
    private static readonly string[] statements =
    [
        "/* lk:state.schema */ CREATE SCHEMA IF NOT EXISTS lockkeeper_state",
        "/* lk:state.version_table */ CREATE TABLE lockkeeper_state.version (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), version integer NOT NULL)",
        """
        /* lk:state.entry_table */
        CREATE TABLE lockkeeper_state.entry (
            number        bigint PRIMARY KEY,
            at            bigint NOT NULL, -- milliseconds since 1970, UTC
            kind          text   NOT NULL,
            run           text   NOT NULL,
            environment   text,
            database      text,
            actor         text   NOT NULL,
            body          text   NOT NULL,
            previous_hash text   NOT NULL,
            hash          text   NOT NULL
        )
        """,
        "/* lk:state.entry_run */ CREATE INDEX entry_run ON lockkeeper_state.entry (run)",
        "/* lk:state.head_table */ CREATE TABLE lockkeeper_state.head (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), number bigint NOT NULL, hash text NOT NULL)",
        $"/* lk:state.head_row */ INSERT INTO lockkeeper_state.head (number, hash) VALUES (0, '{HashChain.Origin}')",
        """
        /* lk:state.refuse */
        CREATE FUNCTION lockkeeper_state.refuse() RETURNS trigger LANGUAGE plpgsql AS $refuse$
        BEGIN
            RAISE EXCEPTION '%', TG_ARGV[0];
        END
        $refuse$
        """,
        "/* lk:state.never_changed */ CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON lockkeeper_state.entry FOR EACH ROW EXECUTE FUNCTION lockkeeper_state.refuse('an entry of the ledger is never changed')",
        "/* lk:state.never_deleted */ CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON lockkeeper_state.entry FOR EACH ROW EXECUTE FUNCTION lockkeeper_state.refuse('an entry of the ledger is never deleted')",
        "/* lk:state.never_emptied */ CREATE TRIGGER entries_are_never_emptied BEFORE TRUNCATE ON lockkeeper_state.entry EXECUTE FUNCTION lockkeeper_state.refuse('an entry of the ledger is never deleted')",
        "/* lk:state.head_moves */ CREATE TRIGGER head_only_moves_on BEFORE UPDATE ON lockkeeper_state.head FOR EACH ROW WHEN (new.number <> old.number + 1) EXECUTE FUNCTION lockkeeper_state.refuse('the end of the ledger only moves on')",
        "/* lk:state.head_stays */ CREATE TRIGGER head_is_never_deleted BEFORE DELETE ON lockkeeper_state.head FOR EACH ROW EXECUTE FUNCTION lockkeeper_state.refuse('the end of the ledger is never deleted')",
        "/* lk:state.head_full */ CREATE TRIGGER head_is_never_emptied BEFORE TRUNCATE ON lockkeeper_state.head EXECUTE FUNCTION lockkeeper_state.refuse('the end of the ledger is never deleted')",
        // Keys sort by their bytes, as they do in a file, whatever the database's collation is.
        """/* lk:state.document_table */ CREATE TABLE lockkeeper_state.document (kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, content text NOT NULL, PRIMARY KEY (kind, key))""",
        $"/* lk:state.version */ INSERT INTO lockkeeper_state.version (version) VALUES ({Version})",
    ];

    /// <summary>Whether the tables are there.</summary>
    /// <exception cref="LockkeeperException">They were made by a newer program (LK1401).</exception>
    public static bool IsThere(NpgsqlConnection connection, string name)
    {
        // The catalog itself: to_regclass answers from a cache that may not have heard of what another session has just made.
        using var table = new NpgsqlCommand("/* lk:state.is_there */ SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'lockkeeper_state' AND c.relname = 'version')", connection);
        if (!(bool)table.ExecuteScalar()!)
            return false;
        using var command = new NpgsqlCommand("/* lk:state.which_version */ SELECT version FROM lockkeeper_state.version", connection);
        var version = command.ExecuteScalar() as int?;
        return version == Version ? true : throw new LockkeeperException(
            KernelErrors.LedgerUnusable, $"the state at {name} was written by a newer Lockkeeper (tables of version {version}, known is {Version})", "Use the newer version of Lockkeeper.");
    }

    /// <summary>Makes what is missing. Of several that begin at once one makes it and the others wait: the lock ends with the transaction, as a pooler wants it.</summary>
    public static bool Make(NpgsqlConnection connection, string name)
    {
        if (IsThere(connection, name))
            return true;
        using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted);
        Run(connection, $"/* lk:state.making */ SELECT pg_advisory_xact_lock({MakingLock})");
        if (IsThere(connection, name))
            return true;
        using (var encoding = new NpgsqlCommand("/* lk:state.encoding */ SELECT current_setting('server_encoding')", connection))
        {
            if (encoding.ExecuteScalar() as string is not "UTF8" and var other)
                throw new LockkeeperException(KernelErrors.LedgerUnusable, $"the database {name} keeps text as {other}", "Name a database with the encoding UTF8 under 'state'.");
        }

        foreach (var statement in statements)
            Run(connection, statement);
        transaction.Commit();
        return true;
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
