using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP SCHEMA.</summary>
internal sealed class BanDropSchema : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-schema", "a schema is dropped", Severity.Warning, RuleSet.Recommended)
    {
        Why = "With CASCADE everything in the schema goes, and what was added to it since the file was written as well; without it the statement fails when anything is left.",
        Fix = "Drop the tables by name in a migration that says why each may go, and the empty schema without CASCADE.",
        Peers = ["Atlas DS101"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("DropStmt"))
        {
            if (statement.Node.Text("removeType") != "OBJECT_SCHEMA")
                continue;
            var cascades = statement.Node.Text("behavior") == "DROP_CASCADE";
            foreach (var schema in statement.Node.Strings("objects"))
            {
                if (!script.CreatesSchemaBefore(statement, schema))
                    yield return statement.Find(Info, cascades ? $"schema {schema} is dropped with every table in it" : $"schema {schema} is dropped, which fails unless it is empty");
            }
        }
    }
}
