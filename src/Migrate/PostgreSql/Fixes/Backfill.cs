using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>A change of many rows in batches along the primary key, each committed by itself: row locks are held for one batch, and vacuum can follow.</summary>
internal static class Backfill
{
    /// <summary>Rows a batch: some tens of milliseconds of work on a common machine, short for whoever waits for one of its rows.</summary>
    private const int RowsABatch = 5_000;

    /// <summary>The single column of a table's primary key; null when it has none that is known, or one of several columns.</summary>
    public static string? KeyOf(KnownTable? table) =>
        table?.Constraints.FirstOrDefault(constraint => constraint is { Kind: ConstraintKind.Primary, Columns.Count: 1 })?.Columns[0];

    /// <summary>A DO block that runs a statement for one range of keys after the other.</summary>
    /// <param name="table">The table as written.</param>
    /// <param name="key">The primary key's column.</param>
    /// <param name="statement">The statement for the rows between two keys, given the condition on the key.</param>
    /// <param name="alias">What the statement calls the table.</param>
    public static string Of(string table, string key, Func<string, string> statement, string? alias = null)
    {
        var column = SqlName.Of(key);
        var condition = $"{(alias ?? table)}.{column} BETWEEN lk_first AND lk_last";
        return $"""
            DO $batches$
            DECLARE
                lk_first {table}.{column}%TYPE;
                lk_last {table}.{column}%TYPE;
            BEGIN
                SELECT {column} INTO lk_first FROM {table} ORDER BY {column} LIMIT 1;
                WHILE lk_first IS NOT NULL LOOP
                    SELECT {column} INTO lk_last FROM (SELECT {column} FROM {table} WHERE {column} >= lk_first ORDER BY {column} LIMIT {RowsABatch}) batch ORDER BY {column} DESC LIMIT 1;
                    {statement(condition)};
                    COMMIT;
                    SELECT {column} INTO lk_first FROM {table} WHERE {column} > lk_last ORDER BY {column} LIMIT 1;
                END LOOP;
            END
            $batches$
            """;
    }
}
