using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD COLUMN … GENERATED ALWAYS AS … STORED.</summary>
internal sealed class AddingStoredGeneratedColumn : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-stored-generated-column", "a stored generated column writes the whole table anew", Severity.Error, RuleSet.Recommended)
    {
        Why = "A stored generated column is computed for each row that is there: the table and all its indexes are written anew under ACCESS EXCLUSIVE.",
        Fix = "Add a plain column, keep it in step by a trigger, and fill the old rows in batches. PostgreSQL 18 has VIRTUAL generated columns, which are computed when they are read and cost nothing to add.",
        GrowsWithTable = true,
        Peers = ["squawk adding-field-with-default", "Atlas PG309", "strong_migrations add_column_generated_stored", "eugene E11"],
    };

    /// <summary>ATTRIBUTE_GENERATED_VIRTUAL of pg_attribute.h; before PostgreSQL 18 every generated column is stored.</summary>
    private const string Virtual = "v";

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var constraint in script.NewConstraints())
        {
            if (constraint.Type == "CONSTR_GENERATED" && constraint.Constraint.Text("generated_kind") != Virtual && constraint.Part.IsLiveTable)
                yield return constraint.Find(Info, $"reads and writes of {constraint.Part.TableWords} wait while it is written anew with the generated column");
        }
    }
}
