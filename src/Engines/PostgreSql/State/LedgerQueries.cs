using Lockkeeper.Kernel.Ledger;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.State;

/// <summary>What is asked of the ledger's tables.</summary>
internal static class LedgerQueries
{
    private const string Columns = "number, at, kind, run, environment, database, actor, body, previous_hash, hash";

    /// <summary>Limits of one append's transaction: how long it waits, how long others wait for it, and whether it waits for the disk.</summary>
    public static void Limit(NpgsqlConnection connection, bool toDisk)
    {
        using var command = new NpgsqlCommand(
            "/* lk:ledger.limits */ SELECT set_config('lock_timeout', '250ms', true), set_config('idle_in_transaction_session_timeout', '10s', true), set_config('synchronous_commit', $1, true)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = toDisk ? "on" : "off" });
        command.ExecuteNonQuery();
    }

    /// <summary>The recorded end.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="lockIt">Whether nobody else may append until the transaction ends, so that two never append the same number.</param>
    public static (long Number, string Hash)? Head(NpgsqlConnection connection, bool lockIt)
    {
        using var command = new NpgsqlCommand($"/* lk:ledger.head */ SELECT number, hash FROM lockkeeper_state.head{(lockIt ? " FOR UPDATE" : "")}", connection);
        using var row = command.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetString(1)) : null;
    }

    /// <summary>Writes an entry and moves the end, in one round trip.</summary>
    public static void Append(NpgsqlConnection connection, LedgerEntry entry)
    {
        using var batch = new NpgsqlBatch(connection);
        var fact = entry.Fact;
        Add(batch, $"/* lk:ledger.append */ INSERT INTO lockkeeper_state.entry ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            entry.Number, entry.At.ToUnixTimeMilliseconds(), fact.Kind, fact.Run, fact.Environment, fact.Database, fact.Actor, fact.Body, entry.PreviousHash, entry.Hash);
        Add(batch, "/* lk:ledger.move_head */ UPDATE lockkeeper_state.head SET number = $1, hash = $2", entry.Number, entry.Hash);
        batch.ExecuteNonQuery();
    }

    /// <summary>The hash of an entry; null when there is none.</summary>
    public static string? HashOf(NpgsqlConnection connection, long number)
    {
        using var command = new NpgsqlCommand("/* lk:ledger.hash */ SELECT hash FROM lockkeeper_state.entry WHERE number = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        return command.ExecuteScalar() as string;
    }

    /// <summary>Entries in the order of their numbers.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">Only those with greater numbers.</param>
    /// <param name="most">So many at most, unless the filter asks for the last ones.</param>
    public static IReadOnlyList<LedgerEntry> Read(NpgsqlConnection connection, LedgerFilter filter, long after, int most)
    {
        using var command = new NpgsqlCommand { Connection = connection };
        var conditions = new List<string> { $"number > {Parameter(after)}" };
        if (filter.Run is { } run)
            conditions.Add($"run = {Parameter(run)}");
        if (filter.Environment is { } environment)
            conditions.Add($"environment = {Parameter(environment)}");
        if (filter.Kinds.Count > 0)
            conditions.Add($"kind = ANY ({Parameter(filter.Kinds.ToArray())})");
        var where = string.Join(" AND ", conditions);
        // The last ones are picked from the end and then put into their order.
        command.CommandText = filter.Last is { } last
            ? $"/* lk:ledger.read_last */ SELECT {Columns} FROM (SELECT * FROM lockkeeper_state.entry WHERE {where} ORDER BY number DESC LIMIT {Parameter((long)last)}) ends ORDER BY number"
            : $"/* lk:ledger.read */ SELECT {Columns} FROM lockkeeper_state.entry WHERE {where} ORDER BY number LIMIT {Parameter((long)most)}";
        using var rows = command.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (rows.Read())
        {
            var fact = new LedgerFact(rows.GetString(2), rows.GetString(3), Text(4), Text(5), rows.GetString(6), rows.GetString(7));
            entries.Add(new LedgerEntry(rows.GetInt64(0), Time(rows.GetInt64(1)), fact, rows.GetString(8), rows.GetString(9)));
        }

        return entries;

        string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);

        string Parameter(object value)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
            return $"${command.Parameters.Count}";
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    /// <summary>A time that no calendar has was put there by somebody else: it becomes the last one, and the entry's hash does not fit.</summary>
    private static DateTimeOffset Time(long milliseconds) =>
        milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : DateTimeOffset.MaxValue;
}
