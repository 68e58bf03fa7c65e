using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD FOREIGN KEY that checks the rows that are there.</summary>
internal sealed class AddingForeignKeyConstraint : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-foreign-key-constraint", "a foreign key checks all rows under its lock", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD FOREIGN KEY takes SHARE ROW EXCLUSIVE locks on both tables and reads all rows before it lets them go: writes to both wait.",
        Fix = "Add it NOT VALID, which takes the locks for a moment, and VALIDATE CONSTRAINT in a later migration, which lets writes go on.",
        GrowsWithTable = true,
        Peers = ["squawk adding-foreign-key-constraint", "squawk constraint-missing-not-valid", "Atlas PG306", "strong_migrations add_foreign_key", "eugene E1"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var constraint in script.NewConstraints())
        {
            if (constraint is not { Type: "CONSTR_FOREIGN", IsNotValid: false } || !constraint.Part.IsLive || IsOnEmptyColumn(constraint))
                continue;
            var other = constraint.References is { } name ? constraint.Part.Statement.Words(name) : "the other table";
            yield return constraint.Find(Info, $"writes to {constraint.Part.TableWords} and {other} wait while all rows are checked");
        }
    }

    /// <summary>A new column without a default holds NULL in every row, and the server checks none of them.</summary>
    private static bool IsOnEmptyColumn(NewConstraint constraint) => constraint.NewColumn is { } column && !NewColumns.HasDefault(column);
}
