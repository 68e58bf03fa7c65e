using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>VACUUM FULL and CLUSTER.</summary>
internal sealed class BanVacuumFull : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-vacuum-full", "a table is written anew while reads and writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "VACUUM FULL and CLUSTER write a new copy of the table and of all its indexes under ACCESS EXCLUSIVE: reads and writes wait for as long as that takes, and the disk has to hold both copies.",
        Fix = "Use pg_repack or pg_squeeze, which copy while the table is in use; plain VACUUM makes the space usable again without a lock that anybody notices.",
        GrowsWithTable = true,
        Peers = ["squawk prefer-repack"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            if (statement.Kind == "ClusterStmt")
            {
                foreach (var finding in Written(statement, "CLUSTER", statement.NameOf("relation")))
                    yield return finding;
            }
            else if (statement.Kind == "VacuumStmt" && statement.Node.Is("is_vacuumcmd") && Options.IsOn(statement.Node, "options", "full"))
            {
                var tables = statement.Node.List("rels", "VacuumRelation").Select(item => item.Node("relation")).OfType<TreeNode>().Select(statement.NameOf);
                foreach (var finding in tables.DefaultIfEmpty().SelectMany(table => Written(statement, "VACUUM FULL", table)))
                    yield return finding;
            }
        }
    }

    private IEnumerable<Finding> Written(LintedStatement statement, string command, string? table)
    {
        if (table is null)
            yield return statement.Find(Info, $"{command} of all tables: reads and writes of each wait while it is written anew");
        else if (statement.IsLive(table))
            yield return statement.Find(Info, $"reads and writes of {statement.Words(table)} wait while {command} writes it anew", subject: table);
    }
}
