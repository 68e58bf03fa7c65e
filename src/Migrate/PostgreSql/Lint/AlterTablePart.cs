using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>One part of an ALTER TABLE.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Table">The table's full name.</param>
/// <param name="Subtype">What it does, in PostgreSQL's words: <c>AT_AddColumn</c>.</param>
/// <param name="Command">Its node.</param>
internal sealed record AlterTablePart(LintedStatement Statement, string Table, string Subtype, TreeNode Command)
{
    /// <summary>Whether others may be using the table.</summary>
    public bool IsLive => Statement.IsLive(Table);

    /// <summary>Whether it is a table with rows of its own that others may be using.</summary>
    public bool IsLiveTable => Statement.IsLiveTable(Table) && Statement.Node.Text("objtype") == "OBJECT_TABLE";

    /// <summary>Whether it is a partitioned table, as far as known.</summary>
    public bool IsPartitioned => Known?.Kind == RelationKind.PartitionedTable;

    /// <summary>What is known of the table.</summary>
    public KnownTable? Known => Statement.Before.Table(Table);

    /// <summary>The column, constraint or trigger that it names; null for none.</summary>
    public string? Name => Command.Text("name");

    /// <summary>What is known of the column that it names.</summary>
    public KnownColumn? KnownColumn => Name is { } name ? Known?.Columns.GetValueOrDefault(name) : null;

    /// <summary>Its definition, if that is of this kind: <c>ColumnDef</c>, <c>Constraint</c>.</summary>
    public TreeNode? Definition(string kind) => Command.Node("def")?.Node(kind);

    /// <summary>The table in words, with its size where that is known.</summary>
    public string TableWords => Statement.Words(Table);

    /// <summary>A finding about the table in this part.</summary>
    public Finding Find(RuleInfo rule, string message, TreeNode? at = null, string? hint = null) =>
        Statement.Find(rule, message, at ?? Place, Table, hint);

    private TreeNode Place => Command.Node("def") is { } definition ? definition.Unwrap().Content : Command;
}
