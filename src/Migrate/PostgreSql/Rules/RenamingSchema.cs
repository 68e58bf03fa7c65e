using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER SCHEMA … RENAME.</summary>
internal sealed class RenamingSchema : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("renaming-schema", "a schema gets another name", Severity.Error, RuleSet.Recommended)
    {
        Why = "Every statement of the running application that names the schema fails, and so does what finds its tables by a search_path with the old name.",
        Fix = "Create the new schema with views of the old tables, let the application use it, and move the tables when nothing uses the old one any more.",
        Peers = ["strong_migrations rename_schema"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("RenameStmt"))
        {
            if (statement.Node.Text("renameType") != "OBJECT_SCHEMA" || statement.Node.Text("subname") is not { } schema || script.CreatesSchemaBefore(statement, schema))
                continue;
            yield return statement.Find(Info, $"schema {schema} is called {statement.Node.Text("newname")} from now on, and an application that uses the old name fails");
        }
    }
}
