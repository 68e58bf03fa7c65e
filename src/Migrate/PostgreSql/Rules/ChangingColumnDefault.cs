using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>SET DEFAULT of a column in use.</summary>
internal sealed class ChangingColumnDefault : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("changing-column-default", "a column in use gets another default", Severity.Warning, RuleSet.Strict)
    {
        Why = "Rows that are there keep the old value, and an application that caches the schema sends the old default in its INSERTs until it is restarted (ORMs that write every column do).",
        Fix = "Restart or release the application right after, or let it give the value itself.",
        Peers = ["strong_migrations change_column_default"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype == "AT_ColumnDefault" && part.Command.Node("def") is not null && part.IsLive && !IsNew(script, part))
                yield return part.Find(Info, $"{part.Name} of {part.TableWords} gets another default, which an application that caches the schema does not know");
        }
    }

    private static bool IsNew(LintedScript script, AlterTablePart changed) => script.AlterTableParts().Any(part =>
        part.Subtype == "AT_AddColumn" && part.Table == changed.Table && part.Definition("ColumnDef")?.Text("colname") == changed.Name);
}
