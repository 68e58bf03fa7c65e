using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A column's type as a statement sets it: of CREATE TABLE, ADD COLUMN or ALTER COLUMN TYPE.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Table">The table's full name.</param>
/// <param name="Name">The column.</param>
/// <param name="Node">The node ColumnDef.</param>
internal sealed record ColumnDefinition(LintedStatement Statement, string Table, string Name, TreeNode Node)
{
    /// <summary>The type; null when none is written.</summary>
    public ColumnType? Type { get; } = NewColumns.TypeOf(Node);

    /// <summary>The table in words.</summary>
    public string TableWords => Statement.Words(Table);

    /// <summary>Whether its values number the rows: the whole primary key, or generated one after the other.</summary>
    public bool IsKey => Type is { IsSerial: true } || NewColumns.Has(Node, "CONSTR_IDENTITY") || NewColumns.Has(Node, "CONSTR_PRIMARY")
        || (Statement.Kind == "CreateStmt" && Statement.Node.List("tableElts", "Constraint").Any(constraint => constraint.Text("contype") == "CONSTR_PRIMARY" && constraint.Strings("keys") is [var key] && key == Name));

    /// <summary>A finding at the column's type.</summary>
    public Finding Find(RuleInfo rule, string message, string? hint = null) =>
        Statement.Find(rule, message, Node.Node("typeName") ?? Node, Table, hint);
}
