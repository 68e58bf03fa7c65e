using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>A foreign key or check that is added is checked later, while reads and writes go on.</summary>
internal sealed class ConstraintFix : IPartFix
{
    public IReadOnlyList<string> Rules { get; } = ["adding-foreign-key-constraint", "constraint-missing-not-valid"];

    public FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table)
    {
        if (part.Subtype != "AT_AddConstraint" || part.Definition("Constraint") is not { } constraint || constraint.Is("skip_validation")
            || constraint.Text("contype") is not ("CONSTR_FOREIGN" or "CONSTR_CHECK"))
            return null;
        if (part.Known is { Kind: RelationKind.PartitionedTable } && constraint.Text("contype") == "CONSTR_FOREIGN")
            return new FixedStatement([], []) { Left = [$"a foreign key of the partitioned table {part.TableWords} cannot be NOT VALID before PostgreSQL 18: add it to each partition first"] };
        var (name, definition) = Named(part, constraint, text, offset, table);
        return new FixedStatement(
            [table.Alter($"ADD CONSTRAINT {name} {definition} NOT VALID"), table.Alter($"VALIDATE CONSTRAINT {name}")],
            [$"constraint {name} is added without looking at the rows, and checked while reads and writes go on"]);
    }

    /// <summary>A constraint's name, the server's own choice where none is written, and its definition.</summary>
    public static (string Name, string Definition) Named(AlterTablePart part, TreeNode constraint, string text, int offset, AlteredTable table)
    {
        var from = part.Statement.Parsed.OffsetOf(constraint) - offset;
        var definition = text[from..];
        if (constraint.Text("conname") is { } written)
        {
            var keyword = new[] { "foreign", "check", "unique", "primary" }.Select(word => Engines.PostgreSql.Sql.StatementText.IndexOfWord(text, word, from)).Where(found => found >= 0).Min();
            return (SqlName.Of(written), text[keyword..]);
        }

        var columns = constraint.Text("contype") == "CONSTR_FOREIGN" ? constraint.Strings("fk_attrs") : constraint.Strings("keys");
        return (table.NameFor(constraint.Text("contype") switch
        {
            "CONSTR_FOREIGN" => $"{string.Join('_', columns)}_fkey",
            "CONSTR_PRIMARY" => "pkey",
            "CONSTR_UNIQUE" => $"{string.Join('_', columns)}_key",
            _ => constraint.Node("raw_expr") is { } expression && ColumnNames.In(expression).Distinct().ToList() is [var only] ? $"{only}_check" : "check",
        }), definition);
    }
}
