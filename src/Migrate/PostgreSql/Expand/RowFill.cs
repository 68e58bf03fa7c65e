using Lockkeeper.Migrate.PostgreSql.Fixes;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>A change of the rows that were there before, in batches along the primary key.</summary>
internal static class RowFill
{
    /// <summary>The statement.</summary>
    /// <param name="key">The columns of the primary key.</param>
    /// <param name="update">The UPDATE up to its condition.</param>
    /// <param name="condition">Which rows still lack their value: a second run passes over those that have it.</param>
    public static string Of(IReadOnlyList<string> key, string update, string condition) => Backfill.Of($"{update} WHERE {condition}", key);
}
