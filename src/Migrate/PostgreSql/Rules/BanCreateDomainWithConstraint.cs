using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE DOMAIN with a constraint.</summary>
internal sealed class BanCreateDomainWithConstraint : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-create-domain-with-constraint", "a domain with a constraint", Severity.Warning, RuleSet.Strict)
    {
        Why = "Changing the constraint later checks every column of the domain in every table while their writes wait, and a value of a row can still be NULL (an outer join makes it so).",
        Fix = "Use the plain type, and a CHECK at each table, which can be added NOT VALID and validated apart.",
        Peers = ["squawk ban-create-domain-with-constraint"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("CreateDomainStmt"))
        {
            foreach (var constraint in statement.Node.List("constraints", "Constraint").Where(constraint => constraint.Text("contype") is "CONSTR_CHECK" or "CONSTR_NOTNULL").Take(1))
                yield return statement.Find(Info, $"a later change of what domain {SqlName.Of(statement.Node.Strings("domainname"))} checks goes through every table that uses it", constraint);
        }
    }
}
