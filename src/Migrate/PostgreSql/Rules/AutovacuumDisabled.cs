using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A table that autovacuum leaves alone.</summary>
internal sealed class AutovacuumDisabled : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("autovacuum-disabled", "a table is taken out of autovacuum", Severity.Warning, RuleSet.Strict)
    {
        Why = "Dead rows stay, the table and its indexes grow, the planner's statistics go stale; and in the end autovacuum comes all the same, to prevent transaction ids from wrapping around, at a time that nobody chose.",
        Fix = "Leave it on. For a table that changes a lot, lower autovacuum_vacuum_scale_factor or raise autovacuum_vacuum_cost_limit for that table instead.",
        Peers = ["Atlas PG320"],
    };

    private const string Parameter = "autovacuum_enabled";

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype == "AT_SetRelOptions" && part.Definition("List") is { } options && !Options.IsOn(options, "items", Parameter, unset: true))
                yield return part.Find(Info, $"autovacuum leaves {part.TableWords} alone from now on");
        }

        foreach (var statement in script.Of("CreateStmt"))
        {
            // It cannot see temporary tables anyway.
            if (statement.Node.Node("relation") is { } relation && relation.Text("relpersistence") != "t" && !Options.IsOn(statement.Node, "options", Parameter, unset: true))
                yield return statement.Find(Info, $"autovacuum leaves {statement.Short(statement.NameOf(relation))} alone", subject: statement.NameOf(relation));
        }
    }
}
