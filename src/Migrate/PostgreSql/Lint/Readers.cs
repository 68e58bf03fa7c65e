using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Says in words which of a target's statements name a table or a column.</summary>
internal static class Readers
{
    private const int LongestQuery = 100;

    /// <summary>The statements that name a table; null for none.</summary>
    /// <param name="target">The target.</param>
    /// <param name="schema">What is known of its schema.</param>
    /// <param name="table">The table's full name.</param>
    public static string? OfTable(CatalogFacts target, KnownSchema schema, string table) => Words(target.Names.Where(query => Names(query, schema, table)));

    /// <summary>The statements that surely mean this column; null for none.</summary>
    public static string? OfColumn(CatalogFacts target, KnownSchema schema, string table, string column) => Words(target.Names.Where(query => Names(query, schema, table) && query.Columns.Any(named =>
        named.Name == column && (named.Of is { } of ? query.Aliases[of].Any(meant => Is(meant, schema, table)) : IsOnlyHere(query, schema, table, column)))));

    private static bool Names(QueryNames query, KnownSchema schema, string table) => query.Tables.Any(named => Is(named, schema, table));

    private static bool Is((string? Schema, string Name) written, KnownSchema schema, string table) => SqlName.Of(written.Schema ?? schema.DefaultSchema, written.Name) == table;

    /// <summary>A column without its table belongs to the only one that is there, or to the only one that has it.</summary>
    private static bool IsOnlyHere(QueryNames query, KnownSchema schema, string table, string column)
    {
        var others = query.Tables.Select(named => SqlName.Of(named.Schema ?? schema.DefaultSchema, named.Name)).Where(other => other != table);
        return others.All(other => schema.Table(other) is { HasAllColumns: true } known && !known.Columns.ContainsKey(column));
    }

    private static string? Words(IEnumerable<QueryNames> queries)
    {
        var found = queries.Select(query => query.Query).OrderByDescending(query => query.Calls).ToList();
        if (found.Count == 0)
            return null;
        var text = string.Join(' ', found[0].Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var shown = text.Length <= LongestQuery ? text : text[..LongestQuery].TrimEnd() + " …";
        var calls = found.Sum(query => query.Calls);
        return string.Create(CultureInfo.InvariantCulture, $"{Plural.Of(found.Count, "statement")} of the target still name{(found.Count == 1 ? "s" : "")} it ({calls:#,0} call{(calls == 1 ? "" : "s")}): {shown}");
    }
}
