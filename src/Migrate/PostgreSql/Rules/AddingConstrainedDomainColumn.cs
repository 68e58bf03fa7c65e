using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ADD COLUMN of a domain with a CHECK or NOT NULL.</summary>
internal sealed class AddingConstrainedDomainColumn : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("adding-constrained-domain-column", "a column of a domain with a constraint writes the whole table anew", Severity.Error, RuleSet.Recommended)
    {
        Why = "For a new column whose type is a domain with a CHECK or NOT NULL, PostgreSQL (13 to 18) writes the table and all its indexes anew under ACCESS EXCLUSIVE, even where all rows get NULL or a constant.",
        Fix = "Add the column with the domain's base type, and its CHECK as a constraint of the table: NOT VALID, and VALIDATE in a later migration.",
        GrowsWithTable = true,
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_AddColumn" || !part.IsLiveTable || part.Definition("ColumnDef")?.Node("typeName") is not { } type || type.List("arrayBounds").Any())
                continue;
            var name = QualifiedName.Of(type.Strings("names"), part.Statement.Before.DefaultSchema);
            if (part.Statement.Before.Types.GetValueOrDefault(name)?.IsConstrained == true)
                yield return part.Find(Info, $"reads and writes of {part.TableWords} wait while it is written anew, because domain {part.Statement.Short(name)} has a constraint");
        }
    }
}
