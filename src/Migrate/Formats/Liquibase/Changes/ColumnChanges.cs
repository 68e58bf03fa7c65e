namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes of columns.</summary>
internal static class ColumnChanges
{
    public static Change AddColumn(ChangeContext change)
    {
        var (names, table) = (change.Names, change.Table());
        var columns = change.Fields.Elements("column").Select(column => new ColumnPart(column, names)).ToList();
        var up = new List<string>();
        foreach (var column in columns)
        {
            var name = names.Name(column.Name);
            // A column with a value for the rows that are there gets it before it may not be null.
            var notNull = column.IsNotNull && column.Value is null ? " NOT NULL" : "";
            up.Add($"ALTER TABLE {table} ADD {name} {column.Type.Sql}{column.Identity}{(column.Default is { } value && column.Identity.Length == 0 ? $" DEFAULT {value}" : "")}{notNull}{(column.IsPrimaryKey ? " PRIMARY KEY" : "")}");
            if (column.IsUnique)
                up.Add($"ALTER TABLE {table} ADD {TableChanges.Named(column.UniqueName, names)}UNIQUE ({name})");
            if (column.Reference is { } reference)
                up.Add($"ALTER TABLE {table} ADD {TableChanges.Named(reference.Name, names)}FOREIGN KEY ({name}) REFERENCES {reference.Target}{reference.OnDelete}");
        }

        up.AddRange(columns.Where(column => column.Value is not null).Select(column => $"UPDATE {table} SET {names.Name(column.Name)} = {column.Value}"));
        up.AddRange(columns.Where(column => column is { IsNotNull: true, Value: not null }).Select(column => $"ALTER TABLE {table} ALTER COLUMN {names.Name(column.Name)} SET NOT NULL"));
        up.AddRange(columns.Where(column => column.Remarks is { Length: > 0 }).Select(column => $"COMMENT ON COLUMN {table}.{names.Name(column.Name)} IS {ColumnValue.Literal(column.Remarks!)}"));
        return change.Made(up, columns.Select(column => $"ALTER TABLE {table} DROP COLUMN {names.Name(column.Name)}"));
    }

    public static Change DropColumn(ChangeContext change)
    {
        var table = change.Table();
        var columns = change.Fields.Elements("column").Select(column => column.Required("name")).ToList();
        if (columns.Count == 0 || change.Fields["columnName"] is not null)
            columns = [change.Fields.Required("columnName")];
        return change.Made(columns.Select(column => $"ALTER TABLE {table} DROP COLUMN {change.Names.Name(column)}"), null);
    }

    public static Change RenameColumn(ChangeContext change)
    {
        change.Fields.Pass("columnDataType", "remarks");
        var (table, before, after) = (change.Table(), change.Names.Name(change.Fields.Required("oldColumnName")), change.Names.Name(change.Fields.Required("newColumnName")));
        return change.Made($"ALTER TABLE {table} RENAME COLUMN {before} TO {after}", $"ALTER TABLE {table} RENAME COLUMN {after} TO {before}");
    }

    public static Change ModifyDataType(ChangeContext change)
    {
        var (column, type) = (change.Names.Name(change.Fields.Required("columnName")), ColumnType.Of(change.Fields.Required("newDataType")));
        return change.Made($"ALTER TABLE {change.Table()} ALTER COLUMN {column} TYPE {type.Sql} USING ({column}::{type.Sql})");
    }

    public static Change SetColumnRemarks(ChangeContext change)
    {
        change.Fields.Pass("columnDataType", "columnParentType");
        return change.Made($"COMMENT ON COLUMN {change.Table()}.{change.Names.Name(change.Fields.Required("columnName"))} IS {ColumnValue.Literal(change.Fields.Text("remarks"))}");
    }

    /// <summary>A sequence that the column owns, as Liquibase makes it for a column that is there already.</summary>
    public static Change AddAutoIncrement(ChangeContext change)
    {
        change.Fields.Pass("columnDataType", "generationType", "defaultOnNull");
        var (names, table, column) = (change.Names, change.Table(), change.Fields.Required("columnName"));
        var sequence = $"{change.Fields.Required("tableName").Trim('"')}_{column}_seq";
        var (start, step) = (change.Fields.Text("startWith"), change.Fields.Text("incrementBy"));
        var named = names.Name(change.Fields.Text("schemaName"), sequence);
        return change.Made(
        [
            $"CREATE SEQUENCE IF NOT EXISTS {named}{(start.Length > 0 ? $" START WITH {start}" : "")}{(step.Length > 0 ? $" INCREMENT BY {step}" : "")}",
            $"ALTER TABLE {table} ALTER COLUMN {names.Name(column)} SET NOT NULL",
            $"ALTER TABLE {table} ALTER COLUMN {names.Name(column)} SET DEFAULT nextval({ColumnValue.Literal(named)})",
            $"ALTER SEQUENCE {named} OWNED BY {table}.{names.Name(column)}",
        ], null);
    }

    public static Change AddNotNull(ChangeContext change)
    {
        change.Fields.Pass("columnDataType", "constraintName");
        change.Fields.RequireValidation("validate");
        var (table, column) = (change.Table(), change.Names.Name(change.Fields.Required("columnName")));
        List<string> up = [$"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"];
        if (change.Fields["defaultNullValue"] is { } value)
            up.Insert(0, $"UPDATE {table} SET {column} = {ColumnValue.Literal(value)} WHERE {column} IS NULL");
        return change.Made(up, [$"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"]);
    }

    public static Change DropNotNull(ChangeContext change)
    {
        change.Fields.Pass("columnDataType", "constraintName");
        var (table, column) = (change.Table(), change.Names.Name(change.Fields.Required("columnName")));
        return change.Made($"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL", $"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL");
    }

    public static Change AddDefault(ChangeContext change)
    {
        var (table, column, type) = (change.Table(), change.Names.Name(change.Fields.Required("columnName")), change.Fields["columnDataType"]);
        var sequence = change.Fields.Text("defaultValueSequenceNext");
        var value = ColumnValue.Default(change.Fields, type is { Length: > 0 } ? ColumnType.Of(type) : null)
            ?? throw ChangelogFile.Wrong("addDefaultValue says no value", "Give it defaultValue, defaultValueNumeric, defaultValueBoolean, defaultValueDate or defaultValueComputed.", change.Fields.At);
        List<string> up = [$"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {value}"];
        if (sequence.Length > 0)
            up.Add($"ALTER SEQUENCE {sequence} OWNED BY {table}.{column}");
        return change.Made(up, [$"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"]);
    }

    public static Change DropDefault(ChangeContext change)
    {
        change.Fields.Pass("columnDataType");
        return change.Made($"ALTER TABLE {change.Table()} ALTER COLUMN {change.Names.Name(change.Fields.Required("columnName"))} DROP DEFAULT");
    }
}
