using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD COLUMN with a default that is computed for each row.</summary>
internal sealed class AddingFieldWithDefault : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-field-with-default", "a volatile default writes the whole table anew", Severity.Error, RuleSet.Recommended)
    {
        Why = "A default of constants, now() and other stable functions is computed once and kept in the catalog (PostgreSQL 11 and later). A volatile one, such as gen_random_uuid(), is computed for each row: the table and all its indexes are written anew under ACCESS EXCLUSIVE.",
        Fix = "Add the column without a default; ALTER COLUMN … SET DEFAULT, which holds for new rows; then fill the old rows in batches.",
        GrowsWithTable = true,
        Peers = ["squawk adding-field-with-default", "Atlas PG302", "strong_migrations add_column_default", "eugene E11"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_AddColumn" || !part.IsLiveTable || part.Definition("ColumnDef") is not { } column
                || NewColumns.Default(column) is not { } value || Volatility.FirstVolatileCall(value) is not { } function)
                continue;
            if (Volatility.IsKnownVolatile(function))
                yield return part.Find(Info, $"reads and writes of {part.TableWords} wait while it is written anew with a {function}() for each row");
            else
                yield return part.Find(Info, $"if {function}() is volatile, as functions are unless they say otherwise, reads and writes of {part.TableWords} wait while it is written anew");
        }
    }
}
