using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE TYPE … AS ENUM.</summary>
internal sealed class CreatingEnum : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("creating-enum", "an enumeration", Severity.Warning, RuleSet.Optional)
    {
        Why = "A value can be added and renamed but never removed, and the order of values can be changed by making the type again, which rewrites every table that uses it.",
        Fix = "Use a lookup table with a foreign key, or text with a CHECK.",
        Peers = ["eugene W13"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("CreateEnumStmt"))
            yield return statement.Find(Info, $"no value of {SqlName.Of(statement.Node.Strings("typeName"))} can be removed later");
    }
}
