using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>An exclusion constraint on a table that is in use.</summary>
internal sealed class AddingExclusionConstraint : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-exclusion-constraint", "an exclusion constraint is built while reads and writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD EXCLUDE builds its index, comparing the rows with each other, under ACCESS EXCLUSIVE. It can neither be NOT VALID nor take over an index.",
        Fix = "PostgreSQL has no way to add one to a table that is in use. Make a new table with it and copy the rows over while a trigger keeps both in step, or take the lock while nobody works; where all columns are compared with =, a unique index does the same.",
        GrowsWithTable = true,
        Peers = ["Atlas PG109", "strong_migrations add_exclusion_constraint", "eugene E8"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var constraint in script.NewConstraints())
        {
            if (constraint.Type == "CONSTR_EXCLUSION" && constraint.Part.IsLiveTable)
                yield return constraint.Find(Info, $"reads and writes of {constraint.Part.TableWords} wait while the index of the exclusion constraint is built");
        }
    }
}
