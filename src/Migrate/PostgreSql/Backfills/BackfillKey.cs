using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;
using NpgsqlTypes;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>A column of the key that batches go along.</summary>
/// <param name="Name">Its name as the catalog has it.</param>
/// <param name="Type">Its type, as a cast is written.</param>
/// <param name="IsTime">Whether it is a date or time, whose text depends on the session's settings.</param>
internal sealed record KeyColumn(string Name, string Type, bool IsTime)
{
    /// <summary>Its name in SQL.</summary>
    public string Quoted => SqlText.Identifier(Name);

    /// <summary>Its value as text that every session reads back as the same value.</summary>
    public string AsText => IsTime ? $"to_json({Quoted}) #>> '{{}}'" : $"{Quoted}::text";
}

/// <summary>A range of keys: after one, up to another one.</summary>
/// <param name="After">The values of the key that it comes after; null from the first on.</param>
/// <param name="UpTo">The values of its last key.</param>
internal sealed record KeyRange(IReadOnlyList<string>? After, IReadOnlyList<string> UpTo);

/// <summary>The key that batches go along, and the SQL of its ranges: each is a range scan of its index.</summary>
/// <param name="Columns">Its columns, in the index's order.</param>
internal sealed record BackfillKey(IReadOnlyList<KeyColumn> Columns)
{
    /// <summary>In words: <c>id</c> or <c>(tenant, id)</c>.</summary>
    public string Words => Columns.Count == 1 ? Columns[0].Name : $"({string.Join(", ", Columns.Select(column => column.Name))})";

    private string List => string.Join(", ", Columns.Select(column => column.Quoted));

    /// <summary>The last key of a table.</summary>
    public string SelectLast(string table) => $"SELECT {Texts} FROM {table} ORDER BY {string.Join(", ", Columns.Select(column => $"{column.Quoted} DESC"))} LIMIT 1";

    /// <summary>The key so many rows after another one; no row when there are fewer up to the end.</summary>
    /// <remarks>OFFSET counts from the last key on, so it costs one batch, wherever in the table that is.</remarks>
    public string SelectNext(string table, bool isFirst, int rows) =>
        $"SELECT {Texts} FROM {table} WHERE {Condition(null, isFirst)} ORDER BY {List} OFFSET {rows - 1} LIMIT 1";

    /// <summary>How many rows a range has.</summary>
    public string SelectCount(string table, bool isFirst) => $"SELECT count(*) FROM {table} WHERE {Condition(null, isFirst)}";

    /// <summary>The condition for a range. The parameters are the upper values, then the lower ones.</summary>
    /// <param name="reference">What the statement calls the table; null when nothing else is in reach.</param>
    /// <param name="isFirst">Whether the range begins with the first key.</param>
    public string Condition(string? reference, bool isFirst)
    {
        var prefix = reference is null ? "" : reference + ".";
        var upper = Compare(prefix, "<=", 1);
        if (isFirst)
            return upper;
        var lower = Compare(prefix, ">", 1 + Columns.Count);
        // The planner takes a comparison of rows for no range: what is said of the first column alone tells it how many rows there are.
        var first = Columns.Count == 1 ? "" : $" AND {prefix}{Columns[0].Quoted} BETWEEN {Parameter(1 + Columns.Count, 0)} AND {Parameter(1, 0)}";
        return $"{lower} AND {upper}{first}";
    }

    /// <summary>The values of a range's parameters.</summary>
    public IEnumerable<NpgsqlParameter> Parameters(KeyRange range) =>
        range.UpTo.Concat(range.After ?? []).Select(value => new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Text });

    /// <summary>Under names of their own: ORDER BY takes the name of a result for the result, and texts have another order.</summary>
    private string Texts => string.Join(", ", Columns.Index().Select(column => $"{column.Item.AsText} AS lk_{column.Index + 1}"));

    private string Compare(string prefix, string comparison, int first) => Columns.Count == 1
        ? $"{prefix}{Columns[0].Quoted} {comparison} {Parameter(first, 0)}"
        : $"({string.Join(", ", Columns.Select(column => prefix + column.Quoted))}) {comparison} ({string.Join(", ", Columns.Index().Select(column => Parameter(first, column.Index)))})";

    private string Parameter(int first, int column) => $"${first + column}::{Columns[column].Type}";
}
