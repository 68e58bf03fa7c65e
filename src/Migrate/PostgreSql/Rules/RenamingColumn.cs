using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>RENAME COLUMN.</summary>
internal sealed class RenamingColumn : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("renaming-column", "a column gets another name", Severity.Error, RuleSet.Recommended)
    {
        Why = "While a release is rolled out, the old version of the application still uses the old name and the new one the new name. One of them fails, whichever order is chosen.",
        Fix = "Add a column of the new name, write both, copy the old values in batches, read the new one, and drop the old one in a later release.",
        Peers = ["squawk renaming-column", "Atlas BC102", "strong_migrations rename_column"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("RenameStmt"))
        {
            if (statement.Node.Text("renameType") != "OBJECT_COLUMN" || statement.NameOf("relation") is not { } table || !statement.IsLive(table))
                continue;
            var (from, to) = (statement.Node.Text("subname"), statement.Node.Text("newname"));
            yield return statement.Find(Info, $"column {from} of {statement.Words(table)} is called {to} from now on, and an application that names {from} fails", subject: table);
        }
    }
}
