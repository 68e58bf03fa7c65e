using Lockkeeper.Kernel.Ledger;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>Appends entries over one connection; entry and end move in one transaction.</summary>
internal sealed class LedgerWriter : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand insert;
    private readonly SqliteCommand moveHead;
    private bool? waitsForDisk;

    public LedgerWriter(SqliteConnection connection)
    {
        this.connection = connection;
        insert = Command(
            """
            /* lk:ledger.append */
            INSERT INTO entry (number, at, kind, run, environment, database, actor, body, previous_hash, hash)
            VALUES ($number, $at, $kind, $run, $environment, $database, $actor, $body, $previous_hash, $hash)
            """,
            "$number", "$at", "$kind", "$run", "$environment", "$database", "$actor", "$body", "$previous_hash", "$hash");
        moveHead = Command(
            """
            /* lk:ledger.move_head */
            INSERT INTO head (only, number, hash) VALUES (1, $number, $hash)
            ON CONFLICT (only) DO UPDATE SET number = excluded.number, hash = excluded.hash
            """,
            "$number", "$hash");
    }

    /// <summary>Appends a fact.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="at">When.</param>
    /// <param name="toDisk">Whether to return only when it is on disk, together with all entries before it.</param>
    public LedgerEntry Append(LedgerFact fact, DateTimeOffset at, bool toDisk)
    {
        WaitForDisk(toDisk);
        // BEGIN IMMEDIATE: the end is read under the write lock, so two processes never append the same number.
        using var transaction = connection.BeginTransaction(deferred: false);
        var entry = HashChain.Link(fact, at, LedgerReader.Head(connection, transaction));
        Run(insert, transaction, entry.Number, entry.At.ToUnixTimeMilliseconds(), fact.Kind, fact.Run, fact.Environment, fact.Database, fact.Actor, fact.Body, entry.PreviousHash, entry.Hash);
        Run(moveHead, transaction, entry.Number, entry.Hash);
        transaction.Commit();
        return entry;
    }

    public void Dispose()
    {
        insert.Dispose();
        moveHead.Dispose();
        connection.Dispose();
    }

    /// <summary>With the write-ahead log NORMAL never breaks the file: a power failure takes the last entries, and the chain stays sound.</summary>
    private void WaitForDisk(bool wait)
    {
        if (waitsForDisk == wait)
            return;
        using var setting = connection.CreateCommand();
        setting.CommandText = wait ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
        setting.ExecuteNonQuery();
        waitsForDisk = wait;
    }

    private SqliteCommand Command(string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params object?[] values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }
}
