using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD CHECK that checks the rows that are there.</summary>
internal sealed class ConstraintMissingNotValid : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("constraint-missing-not-valid", "a check reads all rows under ACCESS EXCLUSIVE", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD CONSTRAINT … CHECK takes ACCESS EXCLUSIVE and reads every row before it lets go: reads and writes wait. A CHECK that comes with a new column reads them as well, even where all of them hold NULL.",
        Fix = "Add it NOT VALID, which takes the lock for a moment, and VALIDATE CONSTRAINT in a later migration, which lets reads and writes go on. The CHECK of a new column cannot be NOT VALID: add the column without it first.",
        GrowsWithTable = true,
        Peers = ["squawk constraint-missing-not-valid", "Atlas PG305", "strong_migrations add_check_constraint", "eugene E1"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var constraint in script.NewConstraints())
        {
            if (constraint is { Type: "CONSTR_CHECK", IsNotValid: false } && constraint.Part.IsLiveTable)
                yield return constraint.Find(Info, $"reads and writes of {constraint.Part.TableWords} wait while the check reads every row");
        }
    }
}
