using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;

namespace Lockkeeper.Backup.PostgreSql.Evidence;

/// <summary>The statements that say what a table holds, the same for the original and its copy.</summary>
internal static class TableHash
{
    /// <summary>How values are written as text depends on these, so both sides set them.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "SET datestyle = 'ISO, YMD'", "SET intervalstyle = 'postgres'", "SET timezone = 'UTC'", "SET extra_float_digits = 1", "SET bytea_output = 'hex'", "SET lc_monetary = 'C'", "SET row_security = off", "SET search_path = 'pg_catalog'",
    ];

    /// <summary>Counts the rows and sums up their hashes. A physical copy has the same blocks, so a sample of blocks by a fixed seed is the same sample.</summary>
    /// <param name="table">The table, quoted.</param>
    /// <param name="percent">The share of the blocks that are hashed.</param>
    public static string Sql(string table, double percent)
    {
        if (percent >= 100)
            return $"/* lk:backup.table_hash */ SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM ONLY {table} t";
        var share = percent.ToString(CultureInfo.InvariantCulture);
        return $"/* lk:backup.table_sample */ SELECT (SELECT count(*) FROM ONLY {table}), coalesce((SELECT sum(hashtextextended(t::text, 0)::numeric) FROM ONLY {table} t TABLESAMPLE SYSTEM ({share}) REPEATABLE (1)), 0)::text";
    }

    /// <summary>A table's name as it stands in statements.</summary>
    public static string Name(string schema, string table) => SqlText.Qualified(schema, table);
}
