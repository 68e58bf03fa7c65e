using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP DATABASE.</summary>
internal sealed class BanDropDatabase : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-database", "a database is dropped", Severity.Error, RuleSet.Recommended)
    {
        Why = "Nothing brings it back but a backup, and a migration runs in every environment, production included.",
        Fix = "Drop databases by hand or by what provisions them, not in a migration.",
        Peers = ["squawk ban-drop-database", "Atlas DS101"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("DropdbStmt"))
            yield return statement.Find(Info, $"database {statement.Node.Text("dbname")} is dropped");
    }
}
