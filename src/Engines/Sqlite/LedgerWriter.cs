using Lockkeeper.Kernel.Ledger;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>Appends entries over one connection; entry and end move in one transaction.</summary>
internal sealed class LedgerWriter : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand insert;
    private readonly SqliteCommand moveHead;

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

    public LedgerEntry Append(LedgerFact fact, DateTimeOffset at)
    {
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
