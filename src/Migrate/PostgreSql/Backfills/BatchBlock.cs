using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>A backfill as a DO block, for where lk does not run it: it has no checkpoint, no throttle, and starts from the first row when it is run again.</summary>
internal static class BatchBlock
{
    /// <summary>Rows a batch: some tens of milliseconds of work on a common machine, short for whoever waits for one of its rows.</summary>
    private const int RowsABatch = 5_000;

    /// <summary>A DO block that runs a statement for one range of keys after the other.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="key">The key's column.</param>
    public static string Of(BackfillStatement statement, string key)
    {
        var (table, column) = (statement.Table, SqlName.Of(key));
        return $"""
            DO $batches$
            DECLARE
                lk_first {statement.Relation}.{column}%TYPE;
                lk_last {statement.Relation}.{column}%TYPE;
            BEGIN
                SELECT {column} INTO lk_first FROM {table} ORDER BY {column} LIMIT 1;
                WHILE lk_first IS NOT NULL LOOP
                    SELECT {column} INTO lk_last FROM (SELECT {column} FROM {table} WHERE {column} >= lk_first ORDER BY {column} LIMIT {RowsABatch}) batch ORDER BY {column} DESC LIMIT 1;
                    {statement.Where($"{statement.Reference}.{column} BETWEEN lk_first AND lk_last")};
                    COMMIT;
                    SELECT {column} INTO lk_first FROM {table} WHERE {column} > lk_last ORDER BY {column} LIMIT 1;
                END LOOP;
            END
            $batches$
            """;
    }
}
