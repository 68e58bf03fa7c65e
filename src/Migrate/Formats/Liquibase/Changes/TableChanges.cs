namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes of whole tables.</summary>
internal static class TableChanges
{
    public static Change CreateTable(ChangeContext change)
    {
        var (fields, names, table) = (change.Fields, change.Names, change.Table());
        var (remarks, tablespace, name) = (fields["remarks"], fields.Text("tablespace"), fields.Required("tableName"));
        var kind = fields.Text("tableType").Trim() is { Length: > 0 } type ? type.ToUpperInvariant() + " " : "";
        var columns = fields.Elements("column").Select(column => new ColumnPart(column, names)).ToList();
        var parts = columns.Select(column => Column(column, names)).ToList();
        var keys = columns.Where(column => column.IsPrimaryKey).ToList();
        if (keys.Count > 0)
        {
            var named = keys.FirstOrDefault(key => key.PrimaryKeyName.Length > 0)?.PrimaryKeyName ?? SqlNames.PrimaryKey(name);
            var space = keys.FirstOrDefault(key => key.PrimaryKeyTablespace.Length > 0)?.PrimaryKeyTablespace;
            var deferral = keys.FirstOrDefault(key => key.PrimaryKeyDeferral.Length > 0)?.PrimaryKeyDeferral;
            parts.Add($"CONSTRAINT {names.Name(named)} PRIMARY KEY ({string.Join(", ", keys.Select(key => names.Name(key.Name)))}){deferral}{(space is null ? "" : $" USING INDEX TABLESPACE {space}")}");
        }

        foreach (var column in columns.Where(column => column.Reference is not null))
            parts.Add($"{Named(column.Reference!.Name, names)}FOREIGN KEY ({names.Name(column.Name)}) REFERENCES {column.Reference.Target}{column.Reference.OnDelete}{column.Reference.Deferral}");
        foreach (var unique in columns.Where(column => column.IsUnique).GroupBy(column => column.UniqueName.Length > 0 ? column.UniqueName : "\n" + column.Name))
            parts.Add($"{Named(unique.First().UniqueName, names)}UNIQUE ({string.Join(", ", unique.Select(column => names.Name(column.Name)))})");

        List<string> up = [$"CREATE {kind}TABLE {(fields.Flag("ifNotExists") ? "IF NOT EXISTS " : "")}{table} ({string.Join(", ", parts)}){(tablespace.Length > 0 ? $" TABLESPACE {tablespace}" : "")}"];
        if (remarks is { Length: > 0 })
            up.Add($"COMMENT ON TABLE {table} IS {ColumnValue.Literal(remarks)}");
        up.AddRange(columns.Where(column => column.Remarks is { Length: > 0 }).Select(column => $"COMMENT ON COLUMN {table}.{names.Name(column.Name)} IS {ColumnValue.Literal(column.Remarks!)}"));
        return change.Made(up, [$"DROP TABLE {table}"]);
    }

    public static Change DropTable(ChangeContext change) => change.Made($"DROP TABLE {change.Table()}{(change.Fields.Flag("cascadeConstraints") ? " CASCADE" : "")}");

    public static Change RenameTable(ChangeContext change)
    {
        var schema = change.Fields.Text("schemaName");
        var (before, after) = (change.Table("oldTableName"), change.Fields.Required("newTableName"));
        return change.Made($"ALTER TABLE {before} RENAME TO {change.Names.Name(after)}", $"ALTER TABLE {change.Names.Name(schema, after)} RENAME TO {change.Names.Name(change.Fields.Required("oldTableName"))}");
    }

    public static Change SetTableRemarks(ChangeContext change) => change.Made($"COMMENT ON TABLE {change.Table()} IS {ColumnValue.Literal(change.Fields.Text("remarks"))}");

    private static string Column(ColumnPart column, SqlNames names) =>
        $"{names.Name(column.Name)} {column.Type.Sql}{column.Identity}{(column.Default is { } value && column.Identity.Length == 0 ? $" DEFAULT {value}" : "")}{(column.IsNotNull ? " NOT NULL" : "")}";

    internal static string Named(string constraint, SqlNames names) => constraint.Length == 0 ? "" : $"CONSTRAINT {names.Name(constraint)} ";
}
