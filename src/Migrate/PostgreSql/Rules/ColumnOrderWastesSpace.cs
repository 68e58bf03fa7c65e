using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>Columns in an order that leaves gaps between them.</summary>
internal sealed class ColumnOrderWastesSpace : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("column-order-wastes-space", "columns in an order that leaves gaps", Severity.Warning, RuleSet.Optional)
    {
        Why = "A value of eight bytes begins at a multiple of eight: behind a boolean seven bytes stay empty, in every row, on disk and in memory.",
        Fix = "Put columns of fixed length first, the widest ones before the others, and text and the like last.",
        Peers = ["Atlas PG110"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("CreateStmt"))
        {
            if (statement.NameOf("relation") is not { } table || statement.Node.Node("partbound") is not null || statement.Node.Node("relation")?.Text("relpersistence") == "t")
                continue;
            if (RowLayout.Of(statement) is { SavedBytes: >= 4 } layout)
                yield return statement.Find(Info, $"each row of {statement.Words(table)} has {layout.SavedBytes} empty bytes that the order {string.Join(", ", layout.BestOrder)} would not need", statement.Node.Node("relation") ?? default, table);
        }
    }
}
