using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE INDEX CONCURRENTLY IF NOT EXISTS.</summary>
internal sealed class IfNotExistsOnConcurrentIndex : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("if-not-exists-on-concurrent-index", "an invalid index is taken for the wanted one", Severity.Warning, RuleSet.Recommended)
    {
        Why = "When CREATE INDEX CONCURRENTLY fails, it leaves an invalid index of that name. IF NOT EXISTS then finds the name taken and does nothing, with success: the index stays invalid for good, and a unique one lets equal rows in.",
        Fix = "Leave IF NOT EXISTS out: 'lk migrate apply' knows which statements are done. To be able to run the file again by hand, put DROP INDEX CONCURRENTLY IF EXISTS before it.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var dropped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var statement in script.Statements)
        {
            if (statement.Kind == "DropStmt" && statement.Node.Text("removeType") == "OBJECT_INDEX")
                dropped.UnionWith(statement.DroppedNames());
            if (statement.Kind != "IndexStmt" || !statement.Node.Is("concurrent") || !statement.Node.Is("if_not_exists") || statement.NameOf("relation") is not { } table)
                continue;
            var index = QualifiedName.Beside(table, statement.Node.Text("idxname") ?? "");
            if (!dropped.Contains(index))
                yield return statement.Find(Info, Message(statement, index), subject: table);
        }
    }

    private static string Message(LintedStatement statement, string index) => statement.Before.Indexes.GetValueOrDefault(index) is { IsValid: false }
        ? $"{statement.Short(index)} is there and invalid, and this statement leaves it so"
        : $"if {statement.Short(index)} is there and invalid, this statement leaves it so";
}
