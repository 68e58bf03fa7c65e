using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>One column set twice in an UPDATE or INSERT.</summary>
internal sealed class BanDuplicateColumnAssignments : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-duplicate-column-assignments", "a column is set twice in one statement", Severity.Error, RuleSet.Recommended)
    {
        Why = "The server refuses it: multiple assignments to the same column.",
        Fix = "Keep the one that is meant.",
        Peers = ["squawk ban-duplicate-column-assignments"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            var lists = statement.Kind switch
            {
                "UpdateStmt" => [statement.Node.List("targetList", "ResTarget")],
                "InsertStmt" => new[] { statement.Node.List("cols", "ResTarget"), statement.Node.Node("onConflictClause")?.List("targetList", "ResTarget") ?? [] },
                _ => [],
            };
            foreach (var list in lists)
            {
                var set = new HashSet<string>(StringComparer.Ordinal);
                // Elements of an array and fields of a composite may be set one by one.
                foreach (var target in list.Where(target => !target.List("indirection").Any()))
                {
                    if (target.Text("name") is { } name && !set.Add(name))
                        yield return statement.Find(Info, $"{name} is set twice, and the server refuses the statement", target, statement.NameOf("relation"));
                }
            }
        }
    }
}
