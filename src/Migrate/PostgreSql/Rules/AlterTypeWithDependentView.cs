using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER COLUMN … TYPE of a column that a view reads.</summary>
internal sealed class AlterTypeWithDependentView : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("alter-type-with-dependent-view", "the type of a column cannot change while a view reads it", Severity.Error, RuleSet.Recommended)
    {
        Why = "The server refuses to change the type of a column that a view, a materialized view or a rule reads: 'cannot alter type of a column used by a view or rule'.",
        Fix = "DROP the view before and CREATE it again after, in the same transaction, with its grants; or add a column of the new type, which views do not hinder.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_AlterColumnType")
                continue;
            var readers = part.Statement.Before.ReadersOf(part.Table).ToList();
            var (ofColumn, surely) = part.KnownColumn is { } column ? (readers.Where(column.ReadBy.Contains).ToList(), true) : (readers, false);
            if (ofColumn.Count == 0)
                continue;
            var names = string.Join(", ", ofColumn.Select(part.Statement.Short));
            yield return part.Find(Info, surely
                ? $"the server refuses to change the type of {part.Name} while {names} {Verb(ofColumn)} it"
                : $"the server refuses to change the type of {part.Name} if {names}, which {Verb(ofColumn)} {part.Statement.Short(part.Table)}, {Verb(ofColumn)} it");
        }
    }

    private static string Verb(List<string> readers) => readers.Count == 1 ? "reads" : "read";
}
