using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>GRANT … TO PUBLIC.</summary>
internal sealed class GrantToPublic : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("grant-to-public", "a right is granted to everybody", Severity.Warning, RuleSet.Strict)
    {
        Why = "PUBLIC is every role that can connect, those that are made later too; nobody who looks through the grants of one role sees it.",
        Fix = "Grant it to a role that stands for those who need it.",
        Peers = ["Flyway RG"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            var grant = statement.Kind switch { "GrantStmt" => statement.Node, "AlterDefaultPrivilegesStmt" => statement.Node.Node("action"), _ => null };
            if (grant is not { } given || !given.Is("is_grant"))
                continue;
            foreach (var role in given.List("grantees", "RoleSpec").Where(role => role.Text("roletype") == "ROLESPEC_PUBLIC"))
                yield return statement.Find(Info, $"every role gets {Privileges(given)}{(statement.Kind == "GrantStmt" ? "" : " on what is made from now on")}", role);
        }
    }

    private static string Privileges(TreeNode grant) =>
        string.Join(", ", grant.List("privileges", "AccessPriv").Select(privilege => privilege.Text("priv_name")?.ToUpperInvariant()).OfType<string>()) is { Length: > 0 } names ? names : "everything";
}
