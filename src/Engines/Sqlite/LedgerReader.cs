using System.Globalization;
using Lockkeeper.Kernel.Ledger;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>Reads entries in the order of their numbers.</summary>
internal sealed class LedgerReader : IDisposable
{
    private readonly SqliteCommand command;
    private SqliteDataReader? rows;

    public LedgerReader(SqliteConnection connection, LedgerFilter filter)
    {
        command = connection.CreateCommand();
        var conditions = new List<string>();
        Where(conditions, "run", filter.Run);
        Where(conditions, "environment", filter.Environment);
        if (filter.After is { } after)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"number > {after}"));
        if (filter.Kinds.Count > 0)
            conditions.Add($"kind IN ({string.Join(", ", filter.Kinds.Select(Parameter))})");
        var where = conditions.Count > 0 ? "WHERE " + string.Join(" AND ", conditions) : "";
        const string columns = "number, at, kind, run, environment, database, actor, body, previous_hash, hash";
        // The last ones are picked from the end and then put into their order.
        command.CommandText = filter.Last is { } last
            ? string.Create(CultureInfo.InvariantCulture, $"/* lk:ledger.read_last */ SELECT {columns} FROM (SELECT * FROM entry {where} ORDER BY number DESC LIMIT {last}) ORDER BY number")
            : $"/* lk:ledger.read */ SELECT {columns} FROM entry {where} ORDER BY number";
    }

    /// <summary>The recorded end.</summary>
    public static (long Number, string Hash)? Head(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using var head = connection.CreateCommand();
        head.Transaction = transaction;
        head.CommandText = "/* lk:ledger.head */ SELECT number, hash FROM head";
        using var row = head.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetString(1)) : null;
    }

    public LedgerEntry? Next()
    {
        rows ??= command.ExecuteReader();
        if (!rows.Read())
            return null;
        var fact = new LedgerFact(rows.GetString(2), rows.GetString(3), Text(4), Text(5), rows.GetString(6), rows.GetString(7));
        return new LedgerEntry(rows.GetInt64(0), Time(rows.GetInt64(1)), fact, rows.GetString(8), rows.GetString(9));
    }

    public void Dispose()
    {
        rows?.Dispose();
        command.Dispose();
    }

    private void Where(List<string> conditions, string column, string? value)
    {
        if (value is not null)
            conditions.Add($"{column} = {Parameter(value)}");
    }

    private string Parameter(string value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"$p{command.Parameters.Count}");
        command.Parameters.AddWithValue(name, value);
        return name;
    }

    /// <summary>A time that no calendar has was put there by somebody else: it becomes the last one, and the entry's hash does not fit.</summary>
    private static DateTimeOffset Time(long milliseconds) =>
        milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : DateTimeOffset.MaxValue;

    private string? Text(int column) => rows!.IsDBNull(column) ? null : rows.GetString(column);
}
