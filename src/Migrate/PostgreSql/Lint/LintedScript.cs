using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A script that is looked at.</summary>
/// <param name="Migration">The migration whose script it is.</param>
/// <param name="Script">The script.</param>
/// <param name="Statements">Its statements in order; those that the grammar does not take are left out, and reported by themselves.</param>
/// <param name="InTransaction">Whether it runs in one transaction.</param>
internal sealed record LintedScript(Migration Migration, MigrationScript Script, IReadOnlyList<LintedStatement> Statements, bool InTransaction)
{
    /// <summary>What is known of the target; null when none was asked.</summary>
    public CatalogFacts? Target { get; init; }

    /// <summary>The statements of a kind, for example <c>IndexStmt</c>.</summary>
    public IEnumerable<LintedStatement> Of(string kind)
    {
        foreach (var statement in Statements)
        {
            if (statement.Kind == kind)
                yield return statement;
        }
    }

    /// <summary>Whether it makes a schema itself before a statement.</summary>
    public bool CreatesSchemaBefore(LintedStatement statement, string schema) =>
        Statements.TakeWhile(earlier => earlier != statement).Any(earlier => earlier.Kind == "CreateSchemaStmt" && earlier.Node.Text("schemaname") == schema && !earlier.Node.Is("if_not_exists"));

    /// <summary>The parts of its ALTER TABLE statements.</summary>
    public IEnumerable<AlterTablePart> AlterTableParts()
    {
        foreach (var statement in Of("AlterTableStmt"))
        {
            if (statement.Node.Text("objtype") is not ("OBJECT_TABLE" or "OBJECT_FOREIGN_TABLE") || statement.NameOf("relation") is not { } table)
                continue;
            foreach (var command in statement.Node.List("cmds", "AlterTableCmd"))
                yield return new AlterTablePart(statement, table, command.Text("subtype") ?? "", command);
        }
    }

    /// <summary>The constraints that it adds to tables that are there already: by ADD CONSTRAINT, or with a new column.</summary>
    public IEnumerable<NewConstraint> NewConstraints()
    {
        foreach (var part in AlterTableParts())
        {
            if (part.Subtype == "AT_AddConstraint" && part.Definition("Constraint") is { } constraint)
                yield return new NewConstraint(part, constraint, NewColumn: null);
            else if (part.Subtype == "AT_AddColumn" && part.Definition("ColumnDef") is { } column)
            {
                foreach (var own in column.List("constraints", "Constraint"))
                    yield return new NewConstraint(part, own, column);
            }
        }
    }

    /// <summary>The column types that it sets: in new tables, new columns and changes of a type.</summary>
    public IEnumerable<ColumnDefinition> ColumnDefinitions()
    {
        foreach (var statement in Of("CreateStmt"))
        {
            if (statement.NameOf("relation") is not { } table)
                continue;
            foreach (var column in statement.Node.List("tableElts", "ColumnDef"))
                yield return new ColumnDefinition(statement, table, column.Text("colname") ?? "", column);
        }

        foreach (var part in AlterTableParts())
        {
            if (part.Subtype is "AT_AddColumn" or "AT_AlterColumnType" && part.Definition("ColumnDef") is { } column)
                yield return new ColumnDefinition(part.Statement, part.Table, column.Text("colname") ?? part.Name ?? "", column);
        }
    }
}
