namespace Lockkeeper.Engines.Sqlite;

/// <summary>The tables of the ledger file.</summary>
internal static class LedgerSchema
{
    /// <summary>Marks the file as a ledger of Lockkeeper ("LKLG"), so that another program's database is never written to.</summary>
    public const int ApplicationId = 0x4C4B4C47;

    /// <summary>The version of the tables that this program knows, kept in <c>PRAGMA user_version</c>.</summary>
    public const int Version = 1;

    /// <summary>Makes the tables. The triggers stop accidents and scripts; who removes them leaves traces that the chain shows.</summary>
    public static string Create { get; } =
        $"""
        /* lk:ledger.create */
        CREATE TABLE entry (
            number        INTEGER PRIMARY KEY,
            at            INTEGER NOT NULL, -- milliseconds since 1970, UTC
            kind          TEXT    NOT NULL,
            run           TEXT    NOT NULL,
            environment   TEXT,
            database      TEXT,
            actor         TEXT    NOT NULL,
            body          TEXT    NOT NULL,
            previous_hash TEXT    NOT NULL,
            hash          TEXT    NOT NULL
        ) STRICT;
        CREATE INDEX entry_run ON entry (run);
        CREATE TABLE head (
            only   INTEGER PRIMARY KEY CHECK (only = 1),
            number INTEGER NOT NULL,
            hash   TEXT    NOT NULL
        ) STRICT;
        CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
            BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END;
        CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
            BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END;
        CREATE TRIGGER head_only_moves_on BEFORE UPDATE ON head WHEN new.number <> old.number + 1
            BEGIN SELECT RAISE(ABORT, 'the end of the ledger only moves on'); END;
        CREATE TRIGGER head_is_never_deleted BEFORE DELETE ON head
            BEGIN SELECT RAISE(ABORT, 'the end of the ledger is never deleted'); END;
        PRAGMA application_id = {ApplicationId};
        PRAGMA user_version = {Version};
        """;
}
