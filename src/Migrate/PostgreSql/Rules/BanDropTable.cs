using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP TABLE.</summary>
internal sealed class BanDropTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-table", "a table is dropped", Severity.Warning, RuleSet.Recommended)
    {
        Why = "Its rows are gone for good, and an application that still names it fails.",
        Fix = "Release an application that does not use the table first. Where in doubt rename it, wait, and drop it later; then say so: '-- lk: allow ban-drop-table: not used since VERSION'.",
        Peers = ["squawk ban-drop-table", "Atlas DS102", "strong_migrations create_table with force"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("DropStmt"))
        {
            if (statement.Node.Text("removeType") is not ("OBJECT_TABLE" or "OBJECT_FOREIGN_TABLE"))
                continue;
            foreach (var table in statement.DroppedNames())
            {
                if (statement.IsLive(table))
                    yield return statement.Find(Info, $"{statement.Words(table)} is dropped with its rows, and an application that still names it fails", subject: table);
            }
        }
    }
}
