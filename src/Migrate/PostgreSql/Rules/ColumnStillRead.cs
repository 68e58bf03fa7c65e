using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A dropped or renamed column that the target's statements still name.</summary>
internal sealed class ColumnStillRead : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("column-still-read", "a column is dropped or renamed that the applications still name", Severity.Error, RuleSet.Recommended)
    {
        Why = "The target's own statistics (pg_stat_statements) hold statements that name the column: they fail from now on.",
        Fix = "Release an application that does not name it, reset the statistics (pg_stat_statements_reset), and look again after a day.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.Target is not { } target)
            yield break;
        foreach (var statement in script.Of("RenameStmt"))
        {
            if (statement.Node.Text("renameType") == "OBJECT_COLUMN" && statement.NameOf("relation") is { } table && statement.Node.Text("subname") is { } column && statement.IsLive(table)
                && Readers.OfColumn(target, statement.Before, table, column) is { } readers)
                yield return statement.Find(Info, $"column {column} of {statement.Words(table)} is renamed, and {readers}", subject: table);
        }

        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype == "AT_DropColumn" && part.IsLive && Readers.OfColumn(target, part.Statement.Before, part.Table, part.Name!) is { } readers)
                yield return part.Find(Info, $"column {part.Name} of {part.TableWords} is dropped, and {readers}");
        }
    }
}
