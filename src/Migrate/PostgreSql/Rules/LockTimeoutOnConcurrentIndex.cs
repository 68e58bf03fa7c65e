using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A time limit that holds for a CONCURRENTLY statement.</summary>
internal sealed class LockTimeoutOnConcurrentIndex : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("lock-timeout-on-concurrent-index", "a time limit cuts a CONCURRENTLY statement short", Severity.Warning, RuleSet.Recommended)
    {
        Why = "CREATE INDEX CONCURRENTLY waits for every transaction that is older than it, on whatever table, and lock_timeout counts those waits. A few seconds are soon over even on a table of three rows; then an invalid index stays behind, which costs every write and helps no read. statement_timeout counts the building too.",
        Fix = "SET lock_timeout = 0 and statement_timeout = 0 before it, in a file of its own: while it waits, it holds nobody up.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var limits = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var statement in script.Statements)
        {
            if (statement.Kind == "VariableSetStmt")
                Follow(statement.Node, limits);
            else if (limits.Count > 0 && IsConcurrent(statement))
                yield return statement.Find(Info, $"{string.Join(" and ", limits.Select(limit => $"{limit.Key} = {limit.Value}"))} counts the waits for older transactions too, and leaves {Left(statement)} behind");
        }
    }

    private static void Follow(TreeNode node, Dictionary<string, string> limits)
    {
        if (node.Text("kind") == "VAR_RESET_ALL")
            limits.Clear();
        // A CONCURRENTLY statement is never inside of a transaction, for which LOCAL would hold.
        if (node.Text("name") is not ("lock_timeout" or "statement_timeout") || node.Is("is_local"))
            return;
        var name = node.Text("name")!;
        if (node.Text("kind") == "VAR_SET_VALUE" && node.List("args", "A_Const").FirstOrDefault() is { } value && !Timeouts.IsZero(value))
            limits[name] = value.Node("sval")?.Text("sval") is { } text ? $"'{text}'" : $"{value.Node("ival")?.Number("ival")} ms";
        else
            limits.Remove(name);
    }

    private static bool IsConcurrent(LintedStatement statement) => statement.Kind switch
    {
        "IndexStmt" or "DropStmt" => statement.Node.Is("concurrent"),
        "ReindexStmt" => Options.IsOn(statement.Node, "params", "concurrently"),
        "AlterTableStmt" => statement.Node.List("cmds", "AlterTableCmd").Any(command => command.Node("def")?.Node("PartitionCmd")?.Is("concurrent") == true),
        _ => false,
    };

    private static string Left(LintedStatement statement) => statement.Kind == "AlterTableStmt" ? "a partition half detached" : "an invalid index";
}
