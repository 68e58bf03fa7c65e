using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD COLUMN … NOT NULL without a default.</summary>
internal sealed class AddingRequiredField : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-required-field", "a new column must have a value, and no row has one", Severity.Error, RuleSet.Recommended)
    {
        Why = "ADD COLUMN … NOT NULL without a default fails as soon as the table has one row. On an empty table it goes through, and the inserts of an application that does not know the column fail.",
        Fix = "Give it a constant default, which since PostgreSQL 11 costs nothing; or add it without NOT NULL, fill it in batches, and set NOT NULL by a validated CHECK.",
        Peers = ["squawk adding-required-field", "Atlas MF103"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_AddColumn" || !part.IsLiveTable || part.Definition("ColumnDef") is not { } column || NewColumns.HasDefault(column))
                continue;
            if (NewColumns.Has(column, "CONSTR_NOTNULL") || NewColumns.Has(column, "CONSTR_PRIMARY"))
                yield return part.Find(Info, $"column {column.Text("colname")} refuses NULL and has no default: this fails if {part.TableWords} has a row");
        }
    }
}
