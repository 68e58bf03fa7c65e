using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A unique constraint that builds its index under its lock.</summary>
internal sealed class DisallowedUniqueConstraint : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("disallowed-unique-constraint", "a unique constraint is built while reads and writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD UNIQUE builds its index under ACCESS EXCLUSIVE: reads and writes wait until it is built, and it fails at the end if two rows are equal. UNIQUE on a new column builds one as well.",
        Fix = "CREATE UNIQUE INDEX CONCURRENTLY, which also shows whether there are equal rows; then ADD CONSTRAINT … UNIQUE USING INDEX, which takes a moment. Where nothing refers to the constraint, the index alone is enough.",
        GrowsWithTable = true,
        Peers = ["squawk disallowed-unique-constraint", "Atlas PG105", "Atlas MF101", "strong_migrations add_unique_constraint", "eugene E7"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var constraint in script.NewConstraints())
        {
            if (constraint is not { Type: "CONSTR_UNIQUE", UsingIndex: null } || !constraint.Part.IsLiveTable)
                continue;
            yield return constraint.Find(Info, $"reads and writes of {constraint.Part.TableWords} wait while the index of the unique constraint is built", Hint(constraint));
        }
    }

    private static string? Hint(NewConstraint constraint) => constraint.Part.IsPartitioned
        ? "USING INDEX is refused on a partitioned table: CREATE UNIQUE INDEX CONCURRENTLY on each partition, CREATE UNIQUE INDEX … ON ONLY the whole, and ALTER INDEX … ATTACH PARTITION."
        : null;
}
