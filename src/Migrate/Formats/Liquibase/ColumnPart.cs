namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>A column of createTable or addColumn.</summary>
internal sealed class ColumnPart
{
    private static readonly string[] Defaults = ["defaultValue", "defaultValueNumeric", "defaultValueBoolean", "defaultValueDate", "defaultValueComputed", "defaultValueSequenceNext"];

    private readonly ChangeFields? constraints;

    public ColumnPart(ChangeFields column, SqlNames names)
    {
        Name = column.Required("name");
        Type = ColumnType.Of(column.Required("type"));
        Remarks = column["remarks"];
        Default = ColumnValue.Default(column, Type);
        Identity = IdentityClause(column, Type);
        constraints = column.Element("constraints");
        foreach (var name in Identity.Length > 0 ? Defaults : [])
            column.Refuse(name, "PostgreSQL takes one of the two: take it or autoIncrement out.");
        constraints?.Pass("notNullConstraintName");
        constraints?.RequireValidation("validateNullable", "validateUnique", "validatePrimaryKey", "validateForeignKey");
        constraints?.Refuse("checkConstraint", "Liquibase 4.28 makes no such constraint: take it out with a validCheckSum for what was applied, or make it by a sql change.");
        IsPrimaryKey = constraints?.Flag("primaryKey") ?? false;
        PrimaryKeyName = constraints?.Text("primaryKeyName") ?? "";
        PrimaryKeyDeferral = constraints is null ? "" : (constraints.Flag("deferrable") ? " DEFERRABLE" : "") + (constraints.Flag("initiallyDeferred") ? " INITIALLY DEFERRED" : "");
        PrimaryKeyTablespace = constraints?.Text("primaryKeyTablespace") ?? "";
        var mayBeNull = constraints?.Flag("nullable", true) ?? true;
        IsNotNull = IsPrimaryKey || !mayBeNull;
        IsUnique = constraints?.Flag("unique") ?? false;
        UniqueName = constraints?.Text("uniqueConstraintName") ?? "";
        Value = ColumnValue.Of(column);
        Reference = ReferenceClause(names);
    }

    public string Name { get; }

    public ColumnType Type { get; }

    public string? Remarks { get; }

    /// <summary>The default in SQL, or null.</summary>
    public string? Default { get; }

    /// <summary>The identity clause; empty when the column does not count up.</summary>
    public string Identity { get; }

    public bool IsPrimaryKey { get; }

    public string PrimaryKeyName { get; }

    public string PrimaryKeyTablespace { get; }

    /// <summary>When the primary key is checked; createTable alone takes it.</summary>
    public string PrimaryKeyDeferral { get; }

    public bool IsNotNull { get; }

    public bool IsUnique { get; }

    public string UniqueName { get; }

    /// <summary>The value that rows get which are there already; null without one.</summary>
    public string? Value { get; }

    /// <summary>What the column refers to; null when it does not.</summary>
    public ForeignKeyPart? Reference { get; }

    private static string IdentityClause(ChangeFields column, ColumnType type)
    {
        var (counts, start, step, kind) = (column.Flag("autoIncrement") || type.IsSerial, column.Text("startWith"), column.Text("incrementBy"), column.Text("generationType"));
        column.Pass("defaultOnNull");
        if (!counts)
            return "";
        var options = string.Join(' ', new[] { start.Length > 0 ? $"START WITH {start}" : "", step.Length > 0 ? $"INCREMENT BY {step}" : "" }.Where(option => option.Length > 0));
        return $" GENERATED {(kind.Length == 0 ? "BY DEFAULT" : kind)} AS IDENTITY{(options.Length == 0 ? "" : $" ({options})")}";
    }

    private ForeignKeyPart? ReferenceClause(SqlNames names)
    {
        if (constraints is null)
            return null;
        var (name, references, table) = (constraints.Text("foreignKeyName"), constraints.Text("references"), constraints.Text("referencedTableName"));
        var (schema, columns) = (constraints.Text("referencedTableSchemaName"), constraints.Text("referencedColumnNames"));
        constraints.Pass("referencedTableCatalogName");
        var (cascades, deferrable, deferred) = (constraints.Flag("deleteCascade"), constraints.Flag("deferrable"), constraints.Flag("initiallyDeferred"));
        if (references.Length == 0 && table.Length == 0)
            return null;
        var target = references.Length > 0 ? references : $"{names.Name(schema, table)}({names.List(columns)})";
        return new ForeignKeyPart(name, target, (cascades ? " ON DELETE CASCADE" : ""), (deferred ? " INITIALLY DEFERRED" : "") + (deferrable ? " DEFERRABLE" : ""));
    }
}

/// <summary>What a column refers to.</summary>
/// <param name="Name">The constraint's name; empty for the server's own.</param>
/// <param name="Target">The table with its columns.</param>
/// <param name="OnDelete">What happens with it when the target goes.</param>
/// <param name="Deferral">When it is checked; createTable alone takes it.</param>
internal sealed record ForeignKeyPart(string Name, string Target, string OnDelete, string Deferral);
