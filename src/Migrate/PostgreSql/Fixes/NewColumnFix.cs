using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>ADD COLUMN: what would write or check all rows at once comes after the column, step by step.</summary>
internal sealed class NewColumnFix : IPartFix
{
    private static readonly string[] Later = ["CONSTR_FOREIGN", "CONSTR_CHECK", "CONSTR_UNIQUE", "CONSTR_ATTR_DEFERRABLE", "CONSTR_ATTR_NOT_DEFERRABLE", "CONSTR_ATTR_DEFERRED", "CONSTR_ATTR_IMMEDIATE"];

    public IReadOnlyList<string> Rules { get; } =
        ["adding-field-with-default", "adding-foreign-key-constraint", "constraint-missing-not-valid", "disallowed-unique-constraint", "adding-required-field"];

    public FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table)
    {
        if (part.Subtype != "AT_AddColumn" || part.Definition("ColumnDef") is not { } column)
            return null;
        var name = column.Text("colname") ?? "";
        if (NewColumns.Has(column, "CONSTR_NOTNULL") && !NewColumns.HasDefault(column))
            return new FixedStatement([], []) { Left = [$"column {name} of {part.TableWords} refuses NULL and has no default: only you know what the rows that are there should hold"] };
        var clauses = new ColumnClauses(part, column, text, offset);
        var isVolatile = NewColumns.Default(column) is { } value && Volatility.IsVolatile(value);
        var moved = clauses.All.Where(clause => Later.Contains(clause.Type) || (isVolatile && clause.Type is "CONSTR_DEFAULT" or "CONSTR_NOTNULL")).ToList();
        if (!moved.Any(clause => clause.Type is "CONSTR_FOREIGN" or "CONSTR_CHECK" or "CONSTR_UNIQUE" or "CONSTR_DEFAULT"))
            return null;
        if (isVolatile && Backfill.KeyOf(table.Known) is null)
            return new FixedStatement([], []) { Left = [$"{part.TableWords} has no primary key of one column that is known, and filling {name} in batches goes along it"] };
        var statements = new List<string> { table.Alter(clauses.Without(moved)) };
        var words = new List<string>();
        if (isVolatile)
        {
            Fill(table, name, clauses.TextOf(moved.First(clause => clause.Type == "CONSTR_DEFAULT")), NewColumns.Has(column, "CONSTR_NOTNULL"), statements);
            words.Add($"{name} is added empty, gets its default for new rows, and is filled in batches for those that are there");
        }

        foreach (var clause in moved)
            Add(part, table, clause, clauses.TextOf(clause), name, statements, words);
        return new FixedStatement(statements, words);
    }

    private static void Fill(AlteredTable table, string column, string defaultClause, bool isRequired, List<string> statements)
    {
        var quoted = SqlName.Of(column);
        statements.Add(table.Alter($"ALTER COLUMN {quoted} SET {defaultClause}"));
        statements.Add(Backfill.Of($"UPDATE {table.Written} SET {quoted} = DEFAULT WHERE {quoted} IS NULL"));
        if (isRequired)
            statements.AddRange(NotNullFix.Sequence(table, column));
    }

    private static void Add(AlterTablePart part, AlteredTable table, ColumnClause clause, string text, string column, List<string> statements, List<string> words)
    {
        var quoted = SqlName.Of(column);
        var body = clause.Node.Text("conname") is { } written ? text[(text.IndexOf(SqlName.Of(written), StringComparison.Ordinal) + SqlName.Of(written).Length)..].Trim() : text;
        switch (clause.Type)
        {
            case "CONSTR_FOREIGN":
                Checked(clause.Node.Text("conname") is { } fkey ? SqlName.Of(fkey) : table.NameFor($"{column}_fkey"), $"FOREIGN KEY ({quoted}) {body}");
                break;
            case "CONSTR_CHECK":
                Checked(clause.Node.Text("conname") is { } check ? SqlName.Of(check) : table.NameFor($"{column}_check"), body);
                break;
            case "CONSTR_UNIQUE":
                var name = clause.Node.Text("conname") is { } key ? SqlName.Of(key) : table.NameFor($"{column}_key");
                statements.Add($"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table.Written} ({quoted})");
                statements.Add(table.Alter($"ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"));
                words.Add($"the index of {name} is built while reads and writes go on");
                break;
        }

        void Checked(string name, string definition)
        {
            statements.Add(table.Alter($"ADD CONSTRAINT {name} {definition} NOT VALID"));
            statements.Add(table.Alter($"VALIDATE CONSTRAINT {name}"));
            words.Add($"constraint {name} is checked on {part.TableWords} while reads and writes go on");
        }
    }
}
