using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A primary key that is built, or whose columns are checked, under its lock.</summary>
internal sealed class AddingPrimaryKey : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-primary-key", "a primary key is built while reads and writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD PRIMARY KEY builds a unique index, and looks for NULLs, under ACCESS EXCLUSIVE: reads and writes wait until both are done. With USING INDEX only the look for NULLs remains, and not even that where each column is NOT NULL already.",
        Fix = "CREATE UNIQUE INDEX CONCURRENTLY first, make its columns NOT NULL the safe way (a validated CHECK, then SET NOT NULL), then ADD PRIMARY KEY USING INDEX, which takes a moment. USING INDEX is refused on a partitioned table.",
        GrowsWithTable = true,
        Peers = ["squawk adding-serial-primary-key-field", "Atlas PG104", "Atlas PG304", "eugene W14"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var constraint in script.NewConstraints())
        {
            if (constraint.Type != "CONSTR_PRIMARY" || !constraint.Part.IsLiveTable)
                continue;
            if (constraint.UsingIndex is null)
                yield return constraint.Find(Info, $"reads and writes of {constraint.Part.TableWords} wait while the index of the primary key is built");
            else if (Nullable(constraint) is { Count: > 0 } columns)
                yield return constraint.Find(Info, $"reads and writes of {constraint.Part.TableWords} wait while every row is checked for NULL in {string.Join(", ", columns)}");
        }
    }

    /// <summary>Columns of the index that are known to take NULL, and of which no validated check says that they hold none.</summary>
    private static List<string> Nullable(NewConstraint constraint)
    {
        var index = QualifiedName.Beside(constraint.Part.Table, constraint.UsingIndex!);
        var columns = constraint.Part.Statement.Before.Indexes.GetValueOrDefault(index)?.Columns.OfType<string>() ?? [];
        return [.. columns.Where(column => constraint.Part.Known?.Columns.GetValueOrDefault(column) is { NotNull: false } && !IsProven(constraint.Part.Known, column))];
    }

    private static bool IsProven(KnownTable table, string column) =>
        table.Constraints.Exists(constraint => constraint is { Kind: ConstraintKind.Check, Validated: true } && constraint.Columns.Contains(column));
}
