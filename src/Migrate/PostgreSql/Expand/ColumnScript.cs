using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Statements that make a column, and what is made over it, while reads and writes go on.</summary>
/// <param name="table">The table.</param>
internal sealed class ColumnScript(TableFacts table)
{
    /// <summary>A change of the table.</summary>
    public string Alter(string part) => $"ALTER TABLE {table.Written} {part}";

    /// <summary>A column with what is set on it alone. A default that gives another value each time stays with one of two columns.</summary>
    public IEnumerable<string> Add(ColumnFacts column)
    {
        var name = SqlName.Of(column.Name);
        yield return Alter($"ADD COLUMN {Typed(column)}");
        if (column is { Default: { } value, HasVolatileDefault: false })
            yield return Alter($"ALTER COLUMN {name} SET DEFAULT {value}");
        foreach (var statement in Settings(column))
            yield return statement;
    }

    /// <summary>A column's name and type.</summary>
    public static string Typed(ColumnFacts column) => $"{SqlName.Of(column.Name)} {column.Type}{(column.Collation is { } collation ? $" COLLATE {collation}" : "")}";

    /// <summary>What is set on a column beside its type and default.</summary>
    public IEnumerable<string> Settings(ColumnFacts column)
    {
        var name = SqlName.Of(column.Name);
        if (column.Storage is { } storage)
            yield return Alter($"ALTER COLUMN {name} SET STORAGE {storage}");
        if (column.StatisticsTarget is { } target)
            yield return Alter($"ALTER COLUMN {name} SET STATISTICS {target}");
        if (column.Comment is { } comment)
            yield return $"COMMENT ON COLUMN {table.Written}.{name} IS {SqlText.Literal(comment)}";
        foreach (var grant in column.Grants)
            yield return Grant(grant, $"{grant.Privilege} ({name})", table.Written);
    }

    /// <summary>Lets a role do something.</summary>
    public static string Grant(ColumnGrant grant, string privilege, string on) => $"GRANT {privilege} ON {on} TO {grant.Role}{(grant.MayGrant ? " WITH GRANT OPTION" : "")}";

    /// <summary>The statements after which a column refuses NULL; the rows are read while others write.</summary>
    public IEnumerable<string> NotNull(string column)
    {
        var (name, quoted) = (SqlName.Of(table.Free($"{table.Name}_{column}_not_null")), SqlName.Of(column));
        yield return Alter($"ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL) NOT VALID");
        yield return Alter($"VALIDATE CONSTRAINT {name}");
        yield return Alter($"ALTER COLUMN {quoted} SET NOT NULL");
        yield return Alter($"DROP CONSTRAINT {name}");
    }

    /// <summary>The statements that undo <see cref="NotNull"/>, from any of its statements.</summary>
    public IEnumerable<string> Nullable(string column)
    {
        yield return Alter($"ALTER COLUMN {SqlName.Of(column)} DROP NOT NULL");
        yield return Alter($"DROP CONSTRAINT IF EXISTS {SqlName.Of(table.Free($"{table.Name}_{column}_not_null"))}");
    }

    /// <summary>An index or constraint. A primary key gets its index only: the constraint changes its column in one go later.</summary>
    /// <param name="made">It.</param>
    /// <param name="name">The name that it gets.</param>
    public IEnumerable<string> Make(Dependent made, string name)
    {
        var (quoted, on) = (SqlName.Of(name), $"ALTER TABLE {made.Written}");
        switch (made.Kind)
        {
            case DependentKind.Index:
                yield return Concurrently(made, made.Definition, name);
                break;
            case DependentKind.Primary:
                yield return Concurrently(made, made.Index!, name);
                break;
            case DependentKind.Unique:
                yield return Concurrently(made, made.Index!, name);
                yield return $"{on} ADD CONSTRAINT {quoted} UNIQUE USING INDEX {quoted}{Deferral(made.Definition)}";
                break;
            default:
                yield return NotValid(made, name);
                if (made.IsValidated)
                    yield return $"{on} VALIDATE CONSTRAINT {quoted}";
                break;
        }

        if (made.Comment is { } comment)
            yield return made.Kind is DependentKind.Index ? $"COMMENT ON INDEX {table.Beside(name)} IS {SqlText.Literal(comment)}"
                : made.Kind is DependentKind.Primary ? "" : $"COMMENT ON CONSTRAINT {quoted} ON {made.Written} IS {SqlText.Literal(comment)}";
    }

    /// <summary>A check or foreign key that holds for new rows.</summary>
    public static string NotValid(Dependent made, string name) =>
        $"ALTER TABLE {made.Written} ADD CONSTRAINT {SqlName.Of(name)} {made.Definition}{(made.Definition.EndsWith(" NOT VALID", StringComparison.Ordinal) ? "" : " NOT VALID")}";

    /// <summary>Removes what <see cref="Make"/> made, from any of its statements.</summary>
    public IEnumerable<string> Remove(Dependent made, string name)
    {
        if (made.Kind is not (DependentKind.Index or DependentKind.Primary))
            yield return $"ALTER TABLE {made.Written} DROP CONSTRAINT IF EXISTS {SqlName.Of(name)}";
        if (made.Kind is DependentKind.Index or DependentKind.Primary or DependentKind.Unique)
            yield return $"DROP INDEX CONCURRENTLY IF EXISTS {table.Beside(name)}";
    }

    /// <summary>Several statements that take effect together, in a file whose statements commit one by one.</summary>
    public static string Together(IEnumerable<string> statements) => $"DO $together$\nBEGIN\n{string.Join(";\n", statements)};\nEND\n$together$";

    /// <summary>A file's text.</summary>
    /// <param name="head">Comment lines and directives, without their line ends.</param>
    /// <param name="statements">The statements.</param>
    public static string File(IEnumerable<string> head, IEnumerable<string> statements) =>
        string.Concat(head.Select(line => $"-- {line}\n")) + string.Concat(statements.Where(statement => statement.Length > 0).Select(statement => $"{statement};\n"));

    /// <summary>
    /// The server's own words begin with CREATE, INDEX and the index's name, and say the schema of the table in any case: in a file that runs in one schema after the other, the table stands as it does elsewhere.
    /// </summary>
    public static string IndexOf(Dependent made, string definition, string name, string how = "")
    {
        const string index = " INDEX ", place = " ON ";
        var at = definition.IndexOf(index, StringComparison.Ordinal) + index.Length;
        var on = definition.IndexOf(place, at, StringComparison.Ordinal) + place.Length;
        var full = SqlName.Of(made.Schema, made.Table);
        var rest = definition[on..].StartsWith(full + " ", StringComparison.Ordinal) ? made.Written + definition[(on + full.Length)..] : definition[on..];
        return $"{definition[..at]}{how}{SqlName.Of(name)}{place}{rest}";
    }

    private static string Concurrently(Dependent made, string definition, string name) => IndexOf(made, definition, name, "CONCURRENTLY ");

    private static string Deferral(string definition) =>
        definition.Contains(" DEFERRABLE INITIALLY DEFERRED", StringComparison.Ordinal) ? " DEFERRABLE INITIALLY DEFERRED" : definition.EndsWith(" DEFERRABLE", StringComparison.Ordinal) ? " DEFERRABLE" : "";
}
