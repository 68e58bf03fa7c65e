using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>SET NOT NULL that reads the whole table.</summary>
internal sealed class AddingNotNullableField : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-not-nullable-field", "SET NOT NULL reads the whole table under ACCESS EXCLUSIVE", Severity.Error, RuleSet.Recommended)
    {
        Why = "SET NOT NULL looks at every row while reads and writes wait, unless a validated CHECK already says that the column holds no NULL.",
        Fix = "Add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in a later migration, then SET NOT NULL and drop the check.",
        GrowsWithTable = true,
        Peers = ["squawk adding-not-nullable-field", "Atlas PG303", "strong_migrations change_column_null", "eugene E2"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_SetNotNull" || !part.IsLive || part.KnownColumn?.NotNull == true || IsProven(part))
                continue;
            yield return part.Find(Info, $"reads and writes of {part.TableWords} wait while every row is checked for NULL in {part.Name}");
        }
    }

    /// <summary>Whether a validated check of this very column says so (ConstraintImpliedByRelConstraint in PostgreSQL's tablecmds.c, since 12).</summary>
    private static bool IsProven(AlterTablePart part) =>
        part.Known?.Constraints.Any(constraint => constraint is { Kind: ConstraintKind.Check, Validated: true } && constraint.Columns.Contains(part.Name!)) == true;
}
