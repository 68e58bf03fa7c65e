using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A change of shape of a table that a publication replicates.</summary>
internal sealed class TableInPublication : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("table-in-publication", "a replicated table changes its shape", Severity.Warning, RuleSet.Recommended)
    {
        Why = "Logical replication carries rows, not changes of shape. When the publisher sends a column that a subscriber lacks, or a value that its type refuses, the subscription stops, and the publisher keeps the write-ahead log until it goes on.",
        Fix = "Make the change on every subscriber too: add a column there first, drop one there last, change a type there first to one that takes both.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Known is { Publications.Count: > 0 } table && part.IsLive && Words(part) is { } change)
                yield return part.Find(Info, $"{change}, and {part.TableWords} is replicated by {string.Join(", ", table.Publications)}");
        }

        foreach (var statement in script.Of("RenameStmt"))
        {
            if (statement.Node.Text("renameType") is not ("OBJECT_TABLE" or "OBJECT_COLUMN") || statement.NameOf("relation") is not { } name
                || statement.Before.Table(name) is not { Publications.Count: > 0 } table || !statement.IsLive(name))
                continue;
            var what = statement.Node.Text("subname") is { } column ? $"column {column}" : "the table";
            yield return statement.Find(Info, $"{what} gets another name, and {statement.Words(name)} is replicated by {string.Join(", ", table.Publications)}", subject: name);
        }
    }

    private static string? Words(AlterTablePart part) => part.Subtype switch
    {
        "AT_AddColumn" => $"column {part.Definition("ColumnDef")?.Text("colname")} is added",
        "AT_DropColumn" => $"column {part.Name} is dropped",
        "AT_AlterColumnType" => $"column {part.Name} changes its type",
        _ => null,
    };
}
