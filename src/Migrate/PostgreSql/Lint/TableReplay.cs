using System.Collections.Immutable;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>CREATE TABLE, VIEW and MATERIALIZED VIEW.</summary>
internal static class TableReplay
{
    public static KnownSchema Create(KnownSchema before, TreeNode node, RelationKind kind)
    {
        if (node.Node("relation") is not { } relation)
            return before;
        var name = QualifiedName.Of(relation, before.DefaultSchema);
        if (node.Is("if_not_exists") && before.Table(name) is not null)
            return before;
        var parent = node.List("inhRelations", "RangeVar").Select(above => QualifiedName.Of(above, before.DefaultSchema)).FirstOrDefault();
        var table = new KnownTable(name, node.Node("partspec") is null ? kind : RelationKind.PartitionedTable)
        {
            // With IF NOT EXISTS it may have been there, and in use, before this series was read.
            CreatedIn = before.Release,
            IsTemporary = relation.Text("relpersistence") == "t",
            HasAllColumns = parent is null && node.Node("ofTypename") is null && !node.List("tableElts", "TableLikeClause").Any(),
            PartitionOf = node.Node("partbound") is null ? null : parent,
            IsDefaultPartition = node.Node("partbound")?.Is("is_default") == true,
            PartitionKey = PartitionKey(node),
        };
        if (parent is not null && before.Table(parent) is { } known)
            table = table with { Columns = known.Columns, HasAllColumns = known.HasAllColumns };
        foreach (var like in node.List("tableElts", "TableLikeClause"))
        {
            if (like.Node("relation") is { } from && before.Table(QualifiedName.Of(from, before.DefaultSchema)) is { } model)
                table = table with { Columns = table.Columns.AddRange(model.Columns.Where(column => !table.Columns.ContainsKey(column.Key))), HasAllColumns = model.HasAllColumns };
        }

        var columns = table.Columns.ToBuilder();
        foreach (var column in node.List("tableElts", "ColumnDef"))
            columns[column.Text("colname") ?? ""] = Column(column);
        var after = before.With(table with { Columns = columns.ToImmutable() });
        foreach (var column in node.List("tableElts", "ColumnDef"))
        {
            foreach (var constraint in column.List("constraints", "Constraint"))
                after = ConstraintReplay.Add(after, name, constraint, column);
        }

        foreach (var constraint in node.List("tableElts", "Constraint"))
            after = ConstraintReplay.Add(after, name, constraint, column: null);
        return after;
    }

    public static KnownSchema CreateFromQuery(KnownSchema before, TreeNode relation, RelationKind kind, TreeNode statement)
    {
        var name = QualifiedName.Of(relation, before.DefaultSchema);
        var after = before.With(new KnownTable(name, kind) { CreatedIn = before.Release, IsTemporary = relation.Text("relpersistence") == "t" });
        if (kind is not (RelationKind.View or RelationKind.MaterializedView) || statement.Node("query") is not { } query)
            return after;
        var (queryKind, root) = query.Unwrap();
        var columns = ExpressionColumns.Of(query);
        foreach (var read in new QueryTree(queryKind, root).Relations.Select(source => QualifiedName.Of(source, before.DefaultSchema)).Distinct())
            after = after.Change(read, table => ReadBy(table, name, columns));
        return after;
    }

    private static KnownTable ReadBy(KnownTable table, string reader, ExpressionColumns columns) => table with
    {
        ReadBy = With(table.ReadBy, reader),
        Columns = table.Columns.SetItems(table.Columns.Values.Where(column => columns.MayName(column.Name))
            .Select(column => KeyValuePair.Create(column.Name, column with { ReadBy = With(column.ReadBy, reader) }))),
    };

    private static ImmutableList<string> With(ImmutableList<string> readers, string reader) => readers.Contains(reader) ? readers : readers.Add(reader);

    /// <summary>The columns of PARTITION BY; none when one of them is an expression.</summary>
    private static ImmutableList<string> PartitionKey(TreeNode node)
    {
        var keys = node.Node("partspec")?.List("partParams", "PartitionElem").Select(element => element.Text("name")).ToList() ?? [];
        return keys.Contains(null) ? [] : [.. keys.OfType<string>()];
    }

    /// <summary>A table with one column more; its constraints are added apart.</summary>
    public static KnownTable AddColumn(KnownTable table, TreeNode column) => table with { Columns = table.Columns.SetItem(column.Text("colname") ?? "", Column(column)) };

    private static KnownColumn Column(TreeNode column)
    {
        var name = column.Text("colname") ?? "";
        var type = column.Node("typeName") is { } written ? ColumnType.Of(written) : new ColumnType("", [], IsArray: false);
        var (notNull, hasDefault) = (type.IsSerial, type.IsSerial);
        foreach (var constraint in column.List("constraints", "Constraint"))
        {
            var kind = constraint.Text("contype");
            notNull |= kind is "CONSTR_NOTNULL" or "CONSTR_PRIMARY" or "CONSTR_IDENTITY";
            hasDefault |= kind is "CONSTR_DEFAULT" or "CONSTR_IDENTITY" or "CONSTR_GENERATED";
        }

        return new KnownColumn(name, type.Stored, notNull, hasDefault);
    }
}
