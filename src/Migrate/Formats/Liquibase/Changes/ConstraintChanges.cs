namespace Lockkeeper.Migrate.Formats.Liquibase.Changes;

/// <summary>Changes of keys, unique and foreign key constraints, and indexes.</summary>
internal static class ConstraintChanges
{
    public static Change AddPrimaryKey(ChangeContext change)
    {
        change.Fields.RequireValidation("validate");
        var (table, name) = (change.Table(), change.Fields.Text("constraintName"));
        var up = $"ALTER TABLE {table} ADD {TableChanges.Named(name, change.Names)}PRIMARY KEY ({change.Names.List(change.Fields.Required("columnNames"))}){Tablespace(change)}";
        return change.Made(up, name.Length == 0 ? DropKey(table) : $"ALTER TABLE {table} DROP CONSTRAINT {change.Names.Name(name)}");
    }

    public static Change DropPrimaryKey(ChangeContext change)
    {
        change.Fields.Pass("dropIndex");
        var table = change.Table();
        return change.Made(change.Fields.Text("constraintName") is { Length: > 0 } name ? $"ALTER TABLE {table} DROP CONSTRAINT {change.Names.Name(name)}" : DropKey(table));
    }

    public static Change AddUnique(ChangeContext change)
    {
        change.Fields.RequireValidation("validate");
        var (table, name) = (change.Table(), change.Fields.Text("constraintName"));
        var deferral = (change.Fields.Flag("deferrable") ? " DEFERRABLE" : "") + (change.Fields.Flag("initiallyDeferred") ? " INITIALLY DEFERRED" : "");
        var up = $"ALTER TABLE {table} ADD {TableChanges.Named(name, change.Names)}UNIQUE ({change.Names.List(change.Fields.Required("columnNames"))}){deferral}{Tablespace(change)}";
        return change.Made(up, name.Length == 0 ? null : $"ALTER TABLE {table} DROP CONSTRAINT {change.Names.Name(name)}");
    }

    public static Change DropUnique(ChangeContext change)
    {
        change.Fields.Pass("uniqueColumns");
        return change.Made($"ALTER TABLE {change.Table()} DROP CONSTRAINT {change.Names.Name(change.Fields.Required("constraintName"))}");
    }

    public static Change AddForeignKey(ChangeContext change)
    {
        var (fields, names) = (change.Fields, change.Names);
        fields.Pass("referencesUniqueColumn");
        var table = change.Table("baseTableName", "baseTableSchemaName");
        var target = change.Table("referencedTableName", "referencedTableSchemaName");
        var cascades = fields.Flag("deleteCascade");
        var onDelete = fields.Text("onDelete") is { Length: > 0 } action ? action : cascades ? "CASCADE" : "";
        var up = $"ALTER TABLE {table} ADD {TableChanges.Named(fields.Required("constraintName"), names)}FOREIGN KEY ({names.List(fields.Required("baseColumnNames"))}) REFERENCES {target} ({names.List(fields.Required("referencedColumnNames"))})"
            + (fields.Text("onUpdate") is { Length: > 0 } update ? $" ON UPDATE {update}" : "") + (onDelete.Length > 0 ? $" ON DELETE {onDelete}" : "")
            + (fields.Flag("deferrable") ? " DEFERRABLE" : "") + (fields.Flag("initiallyDeferred") ? " INITIALLY DEFERRED" : "") + (fields.Flag("validate", true) ? "" : " NOT VALID");
        return change.Made(up, $"ALTER TABLE {table} DROP CONSTRAINT {names.Name(fields.Required("constraintName"))}");
    }

    public static Change DropForeignKey(ChangeContext change) =>
        change.Made($"ALTER TABLE {change.Table("baseTableName", "baseTableSchemaName")} DROP CONSTRAINT {change.Names.Name(change.Fields.Required("constraintName"))}");

    public static Change DropAllForeignKeys(ChangeContext change)
    {
        var table = ColumnValue.Literal(change.Table("baseTableName", "baseTableSchemaName"));
        return change.Made($"""
            DO $lk$ DECLARE name text; BEGIN
              FOR name IN SELECT conname FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conrelid = {table}::regclass LOOP
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', {table}::regclass, name);
              END LOOP;
            END $lk$
            """);
    }

    public static Change CreateIndex(ChangeContext change)
    {
        var (fields, names, table) = (change.Fields, change.Names, change.Table());
        var name = fields.Text("indexName");
        var columns = fields.Elements("column").Select(column =>
        {
            column.Pass("type");
            var written = column.Required("name");
            return (column.Flag("computed") ? written : names.Name(written)) + (column.Flag("descending") ? " DESC" : "");
        });
        var up = $"CREATE {(fields.Flag("unique") ? "UNIQUE " : "")}INDEX {(name.Length > 0 ? names.Name(name) + " " : "")}ON {table}({string.Join(", ", columns)}){(fields.Text("tablespace") is { Length: > 0 } space ? $" TABLESPACE {space}" : "")}";
        return change.Made(up, name.Length == 0 ? null : $"DROP INDEX {names.Name(fields.Text("schemaName"), name)}");
    }

    public static Change DropIndex(ChangeContext change)
    {
        change.Fields.Pass("tableName", "catalogName");
        return change.Made($"DROP INDEX {change.Names.Name(change.Fields.Text("schemaName"), change.Fields.Required("indexName"))}");
    }

    private static string Tablespace(ChangeContext change) => change.Fields.Text("tablespace") is { Length: > 0 } space ? $" USING INDEX TABLESPACE {space}" : "";

    /// <summary>Liquibase asks the catalog for the name too.</summary>
    private static string DropKey(string table) => $"""
        DO $lk$ DECLARE name text; BEGIN
          SELECT conname INTO STRICT name FROM pg_catalog.pg_constraint WHERE contype = 'p' AND conrelid = {ColumnValue.Literal(table)}::regclass;
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', {ColumnValue.Literal(table)}::regclass, name);
        END $lk$
        """;
}
