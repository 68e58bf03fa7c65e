using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD COLUMN with serial or an identity.</summary>
internal sealed class AddingSerialColumn : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-serial-column", "a numbered column writes the whole table anew", Severity.Error, RuleSet.Recommended)
    {
        Why = "serial and GENERATED … AS IDENTITY give each row that is there its number: the table and all its indexes are written anew under ACCESS EXCLUSIVE.",
        Fix = "Make a sequence; add a plain bigint column; SET DEFAULT nextval() for new rows; number the old rows in batches. Where it is to be an identity, ADD GENERATED … AS IDENTITY on the filled column takes a moment.",
        GrowsWithTable = true,
        Peers = ["squawk adding-serial-primary-key-field", "squawk adding-field-with-default", "Atlas PG310", "strong_migrations add_column_auto_incrementing", "eugene E11"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype == "AT_AddColumn" && part.IsLiveTable && part.Definition("ColumnDef") is { } column
                && (NewColumns.TypeOf(column)?.IsSerial == true || NewColumns.Has(column, "CONSTR_IDENTITY")))
                yield return part.Find(Info, $"reads and writes of {part.TableWords} wait while it is written anew with a number for each row");
        }
    }
}
