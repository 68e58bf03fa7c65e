using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>ALTER TABLE, part by part.</summary>
internal static class AlterTableReplay
{
    public static KnownSchema After(KnownSchema before, TreeNode node)
    {
        if (node.Node("relation") is not { } relation)
            return before;
        var table = QualifiedName.Of(relation, before.DefaultSchema);
        return node.List("cmds", "AlterTableCmd").Aggregate(before, (known, command) => After(known, table, command));
    }

    private static KnownSchema After(KnownSchema before, string table, TreeNode command)
    {
        var name = command.Text("name") ?? "";
        var definition = command.Node("def");
        switch (command.Text("subtype"))
        {
            case "AT_AddColumn" when definition?.Node("ColumnDef") is { } column:
                if (command.Is("missing_ok") && before.Table(table)?.Columns.ContainsKey(column.Text("colname") ?? "") == true)
                    return before;
                var after = Ensure(before, table).Change(table, known => TableReplay.AddColumn(known, column));
                return column.List("constraints", "Constraint").Aggregate(after, (known, constraint) => ConstraintReplay.Add(known, table, constraint, column));
            case "AT_DropColumn":
                return DropColumn(before, table, name);
            case "AT_AlterColumnType" when definition?.Node("ColumnDef")?.Node("typeName") is { } type:
                return before.Change(table, known => known.Change(name, column => column with { Type = ColumnType.Of(type) }));
            case "AT_SetNotNull":
                return before.Change(table, known => known.Change(name, column => column with { NotNull = true }));
            case "AT_DropNotNull":
                return before.Change(table, known => known.Change(name, column => column with { NotNull = false }));
            case "AT_ColumnDefault":
                return before.Change(table, known => known.Change(name, column => column with { HasDefault = definition is not null }));
            case "AT_AddIdentity":
                return before.Change(table, known => known.Change(name, column => column with { HasDefault = true }));
            case "AT_AddConstraint" when definition?.Node("Constraint") is { } constraint:
                return ConstraintReplay.Add(Ensure(before, table), table, constraint, column: null);
            case "AT_ValidateConstraint":
                return before.Change(table, known => known with { Constraints = [.. known.Constraints.Select(one => one.Name == name ? one with { Validated = true } : one)] });
            case "AT_DropConstraint":
                var index = QualifiedName.Beside(table, name);
                return before.Change(table, known => known with { Constraints = known.Constraints.RemoveAll(one => one.Name == name) }) with { Indexes = before.Indexes.Remove(index) };
            case "AT_AttachPartition" when definition?.Node("PartitionCmd")?.Node("name") is { } part:
                return before.Change(QualifiedName.Of(part, before.DefaultSchema), known => known with { PartitionOf = table, IsDefaultPartition = definition?.Node("PartitionCmd")?.Node("bound")?.Is("is_default") == true });
            case "AT_DetachPartition" or "AT_DetachPartitionFinalize" when definition?.Node("PartitionCmd")?.Node("name") is { } part:
                return before.Change(QualifiedName.Of(part, before.DefaultSchema), known => known with { PartitionOf = null, IsDefaultPartition = false });
            default:
                return before;
        }
    }

    /// <summary>A table that is altered exists; one that nothing made was there before the series.</summary>
    private static KnownSchema Ensure(KnownSchema before, string table) =>
        before.Table(table) is null ? before.With(new KnownTable(table, RelationKind.Table)) : before;

    /// <summary>With a column go the indexes and constraints that use it.</summary>
    private static KnownSchema DropColumn(KnownSchema before, string table, string column)
    {
        var gone = before.IndexesOf(table).Where(index => index.Mentions.Contains(column) || index.Columns.Contains(column)).Select(index => index.Name).ToList();
        return before.Change(table, known => known with
        {
            Columns = known.Columns.Remove(column),
            Constraints = known.Constraints.RemoveAll(constraint => constraint.Columns.Contains(column) || constraint.Mentions.Contains(column)),
        }) with { Indexes = before.Indexes.RemoveRange(gone) };
    }
}
