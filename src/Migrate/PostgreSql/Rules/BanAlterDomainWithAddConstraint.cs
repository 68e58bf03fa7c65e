using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER DOMAIN … ADD CONSTRAINT or SET NOT NULL.</summary>
internal sealed class BanAlterDomainWithAddConstraint : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-alter-domain-with-add-constraint", "a domain gets a constraint that all its columns are checked for", Severity.Error, RuleSet.Recommended)
    {
        Why = "Every table with a column of the domain is locked against writes and read through, one after the other, and all the locks are held until the end.",
        Fix = "Add the constraint NOT VALID and validate it in a later migration, at a quiet time; or add a CHECK to each table.",
        Peers = ["squawk ban-alter-domain-with-add-constraint"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("AlterDomainStmt"))
        {
            var name = QualifiedName.Of(statement.Node.Strings("typeName"), statement.Before.DefaultSchema);
            if (statement.Before.Types.GetValueOrDefault(name) is { CreatedIn: { } created } && created == statement.Before.Release)
                continue;
            var checks = statement.Node.Text("subtype") switch
            {
                "C" => statement.Node.Node("def")?.Node("Constraint") is { } constraint && !constraint.Is("skip_validation"),
                "O" => true,
                _ => false,
            };
            if (checks)
                yield return statement.Find(Info, $"writes to every table with a column of {statement.Short(name)} wait while all of them are checked");
        }
    }
}
