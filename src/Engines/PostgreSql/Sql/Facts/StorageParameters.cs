namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>The lock that SET and RESET of storage parameters take: each parameter has its own (reloptions.c of PostgreSQL 15), and
/// the strongest counts.</summary>
internal static class StorageParameters
{
    private static readonly HashSet<string> Weak = new(StringComparer.OrdinalIgnoreCase)
    {
        "fillfactor", "toast_tuple_target", "parallel_workers", "vacuum_index_cleanup", "vacuum_truncate", "deduplicate_items",
        "log_autovacuum_min_duration",
    };

    public static LockMode ModeOf(TreeNode command) =>
        command.Node("def")?.Node("List")?.List("items", "DefElem").All(IsWeak) == true
            ? LockMode.ShareUpdateExclusive
            : LockMode.AccessExclusive;

    private static bool IsWeak(TreeNode option) =>
        option.Text("defname") is { } name && (Weak.Contains(name) || name.StartsWith("autovacuum_", StringComparison.OrdinalIgnoreCase));
}
