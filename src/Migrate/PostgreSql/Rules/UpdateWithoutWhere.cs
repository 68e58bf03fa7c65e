using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>UPDATE without a WHERE.</summary>
internal sealed class UpdateWithoutWhere : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("update-without-where", "a column of all rows is overwritten", Severity.Warning, RuleSet.Recommended)
    {
        Why = "A WHERE was forgotten, or every row changes on purpose; the file does not tell, and the old values do not come back.",
        Fix = "Write the condition. Where every row has to change, say so: '-- lk: allow update-without-where: REASON'; and on a large table put '-- lk: backfill' before it, which changes them in batches.",
        Peers = ["Flyway RG"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var write in script.RowWrites())
        {
            if (write is not { IsDelete: false, HasCondition: false, IsLive: true })
                continue;
            var lost = Lost(script, write);
            if (lost.Count > 0)
                yield return write.Find(Info, $"{string.Join(", ", lost)} of all rows of {write.TableWords} {(lost.Count == 1 ? "is" : "are")} overwritten");
        }
    }

    /// <summary>The columns whose values it overwrites.</summary>
    public static IReadOnlyList<string> Lost(LintedScript script, RowWrite write) => [.. write.Columns.Where(column => !IsNew(script, write, column))];

    /// <summary>A column that the same file adds has no values to lose.</summary>
    private static bool IsNew(LintedScript script, RowWrite write, string column) => script.AlterTableParts().Any(part =>
        part.Subtype == "AT_AddColumn" && part.Table == write.Table && part.Definition("ColumnDef")?.Text("colname") == column);
}
