using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A script that is looked at. Some ninety rules ask it the same questions, so each answer is made once.</summary>
/// <remarks>The answers are arrays, not to be changed: going through one costs nothing when it is empty, as most are, and rules go through a million of them.</remarks>
internal sealed class LintedScript
{
    private readonly Dictionary<string, LintedStatement[]> byKind = new(StringComparer.Ordinal);
    private AlterTablePart[]? parts;
    private NewConstraint[]? constraints;
    private ColumnDefinition[]? columns;
    private RowWrite[]? writes;
    private TransactionBlock[]? blocks;
    private KnownSchema? after;

    /// <param name="migration">The migration whose script it is.</param>
    /// <param name="statements">Its statements in order; those that the grammar does not take are left out, and reported by themselves.</param>
    /// <param name="inTransaction">Whether it runs in one transaction.</param>
    /// <param name="target">What is known of the target; null when none was asked.</param>
    public LintedScript(Migration migration, LintedStatement[] statements, bool inTransaction, CatalogFacts? target) =>
        (Migration, Statements, InTransaction, Target) = (migration, statements, inTransaction, target);

    /// <summary>The migration whose script it is.</summary>
    public Migration Migration { get; }

    /// <summary>The script.</summary>
    public MigrationScript Script => Migration.Up;

    /// <summary>Its statements in order.</summary>
    public LintedStatement[] Statements { get; }

    /// <summary>Whether it runs in one transaction.</summary>
    public bool InTransaction { get; }

    /// <summary>What is known of the target; null when none was asked.</summary>
    public CatalogFacts? Target { get; }

    /// <summary>The newest migration that is in place already although it stands after this one; null when this one is not late.</summary>
    public Migration? LaterInPlace { get; init; }

    /// <summary>What is known after its last statement.</summary>
    public KnownSchema After => after ??= Statements.Length == 0 ? KnownSchema.Empty : SchemaReplay.After(Statements[^1].Before, Statements[^1].Parsed);

    /// <summary>The statements that take effect together.</summary>
    public TransactionBlock[] TransactionBlocks() => blocks ??= [.. TransactionBlock.Of(Statements, InTransaction)];

    /// <summary>The statements of a kind, for example <c>IndexStmt</c>, in order.</summary>
    public LintedStatement[] Of(string kind)
    {
        if (!byKind.TryGetValue(kind, out var found))
        {
            found = Array.FindAll(Statements, statement => statement.Kind == kind);
            byKind.Add(kind, found);
        }

        return found;
    }

    /// <summary>Whether it makes a schema itself before a statement.</summary>
    public bool CreatesSchemaBefore(LintedStatement statement, string schema) =>
        Statements.TakeWhile(earlier => earlier != statement).Any(earlier => earlier.Kind == "CreateSchemaStmt" && earlier.Node.Text("schemaname") == schema && !earlier.Node.Is("if_not_exists"));

    /// <summary>The parts of its ALTER TABLE statements.</summary>
    public AlterTablePart[] AlterTableParts() => parts ??= [.. FindParts()];

    /// <summary>The constraints that it adds to tables that are there already: by ADD CONSTRAINT, or with a new column.</summary>
    public NewConstraint[] NewConstraints() => constraints ??= [.. FindConstraints()];

    /// <summary>The column types that it sets: in new tables, new columns and changes of a type.</summary>
    public ColumnDefinition[] ColumnDefinitions() => columns ??= [.. FindColumns()];

    /// <summary>Its UPDATEs and DELETEs that run at once; those of a backfill are none.</summary>
    public RowWrite[] RowWrites() => writes ??= [.. Statements.SelectMany(RowWrite.In).Where(write => !write.IsBackfill)];

    private IEnumerable<AlterTablePart> FindParts()
    {
        foreach (var statement in Of("AlterTableStmt"))
        {
            if (statement.Node.Text("objtype") is not ("OBJECT_TABLE" or "OBJECT_FOREIGN_TABLE") || statement.NameOf("relation") is not { } table)
                continue;
            foreach (var command in statement.Node.List("cmds", "AlterTableCmd"))
                yield return new AlterTablePart(statement, table, command.Text("subtype") ?? "", command);
        }
    }

    private IEnumerable<NewConstraint> FindConstraints()
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

    private IEnumerable<ColumnDefinition> FindColumns()
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
