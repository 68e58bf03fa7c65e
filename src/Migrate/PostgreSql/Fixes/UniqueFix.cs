using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>UNIQUE and PRIMARY KEY take over an index that was built CONCURRENTLY.</summary>
internal sealed class UniqueFix : IPartFix
{
    public IReadOnlyList<string> Rules { get; } = ["disallowed-unique-constraint", "adding-primary-key"];

    public FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table)
    {
        if (part.Subtype != "AT_AddConstraint" || part.Definition("Constraint") is not { } constraint || constraint.Text("indexname") is not null
            || constraint.Text("contype") is not ("CONSTR_UNIQUE" or "CONSTR_PRIMARY"))
            return null;
        var columns = constraint.Strings("keys");
        if (constraint.Is("deferrable") || constraint.Is("nulls_not_distinct") || constraint.List("including").Any() || constraint.List("options").Any() || constraint.Text("indexspace") is not null)
            return new FixedStatement([], []) { Left = [$"the constraint of {part.TableWords} has options (DEFERRABLE, INCLUDE, WITH, NULLS NOT DISTINCT): build its index by hand with CREATE UNIQUE INDEX CONCURRENTLY, and add it USING INDEX"] };
        if (part.Known is { Kind: RelationKind.PartitionedTable })
            return new FixedStatement([], []) { Left = [$"{part.TableWords} is partitioned: build the index on each partition CONCURRENTLY and attach it"] };
        var isPrimary = constraint.Text("contype") == "CONSTR_PRIMARY";
        var (name, _) = ConstraintFix.Named(part, constraint, text, offset, table);
        var statements = new List<string> { $"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table.Written} ({string.Join(", ", columns.Select(SqlName.Of))})" };
        if (isPrimary)
        {
            foreach (var column in columns.Where(column => part.Known?.Columns.GetValueOrDefault(column)?.NotNull != true))
                statements.AddRange(NotNullFix.Sequence(table, column));
        }

        statements.Add(table.Alter($"ADD CONSTRAINT {name} {(isPrimary ? "PRIMARY KEY" : "UNIQUE")} USING INDEX {name}"));
        return new FixedStatement(statements, [$"the index of {name} is built while reads and writes go on, and the constraint takes it over"]);
    }
}
