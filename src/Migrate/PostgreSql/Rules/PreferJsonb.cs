using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A column of type json.</summary>
internal sealed class PreferJsonb : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-jsonb", "a column of type json", Severity.Warning, RuleSet.Recommended)
    {
        Why = "json has no equality: SELECT DISTINCT, GROUP BY and UNION over the table's rows fail as soon as the column is there. It is kept as text and parsed again by each query.",
        Fix = "Use jsonb. Keep json only where the exact text, the order of keys or double keys matter.",
        Peers = ["strong_migrations add_column_json", "eugene E3"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type is not { Name: "json" })
                continue;
            yield return column.Statement.IsLive(column.Table) && column.Statement.Kind == "AlterTableStmt"
                ? column.Find(Info, $"{column.Name} of {column.TableWords} is of type json, and SELECT DISTINCT over the table fails from now on")
                : column.Find(Info with { Severity = Severity.Info }, $"{column.Name} of {column.TableWords} is of type json, which has no equality");
        }
    }
}
