using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Fixes;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>A change of the rows that were there before, in batches along the primary key.</summary>
internal static class RowFill
{
    /// <summary>The statement.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The column of its primary key.</param>
    /// <param name="update">The UPDATE up to its condition.</param>
    /// <param name="condition">Which rows still lack their value: a second run passes over those that have it.</param>
    public static string Of(TableFacts table, string key, string update, string condition) => Backfill.Of(table.Written, key, batch => $"{update} WHERE {condition} AND {batch}");
}
