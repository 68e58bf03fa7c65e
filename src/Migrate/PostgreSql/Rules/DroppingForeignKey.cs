using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP CONSTRAINT of a foreign key.</summary>
internal sealed class DroppingForeignKey : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("dropping-foreign-key", "a foreign key is dropped", Severity.Warning, RuleSet.Strict)
    {
        Why = "From now on rows may point at nothing, ON DELETE CASCADE no longer cleans up, and adding the key again fails on the first row that went wrong meanwhile. Dropping it also locks both tables for a moment.",
        Fix = "Drop it only when the application keeps the references itself, or when the table goes; to change it, add the new one NOT VALID in the same migration.",
        Peers = ["Atlas CD101"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_DropConstraint" || !part.IsLive || !IsForeignKey(part) || IsReplaced(script, part.Table))
                continue;
            var other = part.Known?.Constraints.FirstOrDefault(constraint => constraint.Name == part.Name)?.References;
            yield return part.Find(Info, other is null
                ? $"foreign key {part.Name} of {part.TableWords} is dropped, and rows may point at nothing"
                : $"foreign key {part.Name} is dropped, and rows of {part.TableWords} may point at rows of {part.Statement.Short(other)} that are not there");
        }
    }

    /// <summary>Of a table that nothing is known of, the name that the server gives tells.</summary>
    private static bool IsForeignKey(AlterTablePart part) => part.Known?.Constraints.FirstOrDefault(constraint => constraint.Name == part.Name) is { } known
        ? known.Kind == ConstraintKind.ForeignKey
        : part.Name is { } name && (name.EndsWith("_fkey", StringComparison.Ordinal) || name.EndsWith("_fk", StringComparison.Ordinal) || name.StartsWith("fk_", StringComparison.Ordinal));

    private static bool IsReplaced(LintedScript script, string table) => script.NewConstraints().Any(constraint => constraint.Type == "CONSTR_FOREIGN" && constraint.Part.Table == table);
}
