using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>A type change that writes the table anew becomes a new column: kept equal by a trigger, filled in batches, swapped in at the end.</summary>
internal sealed class ColumnTypeFix : IPartFix
{
    public IReadOnlyList<string> Rules { get; } = ["changing-column-type"];

    public FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table)
    {
        if (part is not { Subtype: "AT_AlterColumnType", Name: { } column } || part.Definition("ColumnDef") is not { } definition || definition.Node("typeName") is not { } type)
            return null;
        if (Obstacle(part, table, column) is { } reason)
            return new FixedStatement([], []) { Left = [reason] };
        var typeStart = part.Statement.Parsed.OffsetOf(type) - offset;
        var usingStart = StatementText.IndexOfWord(text, "using", typeStart);
        var written = (usingStart < 0 ? text[typeStart..] : text[typeStart..usingStart]).Trim();
        var expression = usingStart < 0 ? null : text[(usingStart + "using".Length)..].Trim();
        return new FixedStatement([.. Sequence(part, table, column, written, expression)], [$"{column} becomes a new column of type {written}: kept equal by a trigger, filled in batches, and swapped in at the end under a lock for a moment"]);
    }

    /// <summary>Why the column cannot be swapped: what hangs on it would be lost, or is not known.</summary>
    private static string? Obstacle(AlterTablePart part, AlteredTable table, string column)
    {
        var words = part.TableWords;
        if (table.Known is not { HasAllColumns: true } known || known.Columns.GetValueOrDefault(column) is not { } old)
            return $"the columns of {words} are not known here: with --env they are read from the target";
        if (Backfill.KeyOf(known) is not { } key)
            return $"{words} has no primary key of one column that is known, and filling the new column goes along it";
        if (key == column)
            return $"{column} is the primary key of {words}: its new column needs an index, a swap of the constraint and every foreign key that points at it, which is a release of its own";
        if (known.Kind != RelationKind.Table || known.PartitionOf is not null)
            return $"{words} is partitioned, a partition or no plain table";
        if (old.HasDefault)
            return $"{column} has a default, whose text is not known here: drop it first and set it again after the change";
        if (known.ReadBy.Count > 0)
            return $"{string.Join(", ", known.ReadBy.Select(part.Statement.Short))} reads {words}: drop it first and make it again after the change";
        if (known.Constraints.FirstOrDefault(constraint => constraint.Columns.Contains(column)) is { } constraint)
            return $"constraint {constraint.Name} is on {column}: drop it first and add it again after the change";
        return part.Statement.Before.IndexesOf(table.Name).FirstOrDefault(index => index.Columns.Contains(column) || index.Columns.Contains(null)) is { } used
            ? $"index {part.Statement.Short(used.Name)} is, or may be, on {column}: drop it first and build it again after the change"
            : null;
    }

    private static IEnumerable<string> Sequence(AlterTablePart part, AlteredTable table, string column, string type, string? expression)
    {
        var (old, next, sync) = (SqlName.Of(column), SqlName.Of($"{column}_next"), table.NameFor($"{column}_sync"));
        var isRequired = part.KnownColumn?.NotNull == true;
        var value = expression ?? $"{old}::{type}";
        // In the trigger the columns are those of the row that is written.
        yield return table.Alter($"ADD COLUMN {next} {type}");
        yield return $"""
            CREATE FUNCTION {sync}() RETURNS trigger LANGUAGE plpgsql AS $sync$
            BEGIN
                SELECT {value} INTO NEW.{next} FROM (SELECT NEW.*) AS {SqlName.Of(table.Bare)};
                RETURN NEW;
            END
            $sync$
            """;
        yield return $"CREATE TRIGGER {sync} BEFORE INSERT OR UPDATE ON {table.Written} FOR EACH ROW EXECUTE FUNCTION {sync}()";
        yield return Backfill.Of($"UPDATE {table.Written} SET {next} = {value} WHERE {next} IS DISTINCT FROM {value}");
        if (isRequired)
        {
            foreach (var statement in NotNullFix.Sequence(table, $"{column}_next"))
                yield return statement;
        }

        // One statement, so that nobody sees the table without the column.
        yield return $"""
            DO $swap$
            BEGIN
                DROP TRIGGER {sync} ON {table.Written};
                DROP FUNCTION {sync}();
                ALTER TABLE {table.Written} DROP COLUMN {old};
                ALTER TABLE {table.Written} RENAME COLUMN {next} TO {old};
            END
            $swap$
            """;
    }
}
