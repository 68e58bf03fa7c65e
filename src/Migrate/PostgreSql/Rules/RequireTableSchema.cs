using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A relation that is made or changed without its schema.</summary>
internal sealed class RequireTableSchema : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-table-schema", "a table without its schema", Severity.Warning, RuleSet.Optional)
    {
        Why = "Which table is meant depends on the search_path of the session: another role or another tool may create or change another one.",
        Fix = "Write the schema: CREATE TABLE sales.orders.",
        Peers = ["squawk require-table-schema"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            foreach (var table in Relations(statement))
            {
                if (table.Text("schemaname") is null && table.Text("relpersistence") != "t")
                    yield return statement.Find(Info, $"{table.Text("relname")} is written without its schema", table);
            }

            foreach (var parts in Dropped(statement))
            {
                if (parts is [var name])
                    yield return statement.Find(Info, $"{name} is written without its schema");
            }
        }
    }

    private static IEnumerable<TreeNode> Relations(LintedStatement statement)
    {
        if (statement.Kind == "TruncateStmt")
            return statement.Node.List("relations", "RangeVar");
        var relation = statement.Kind switch
        {
            "CreateStmt" or "AlterTableStmt" or "IndexStmt" or "RenameStmt" or "AlterObjectSchemaStmt" or "CreateTrigStmt" => statement.Node.Node("relation"),
            "ViewStmt" => statement.Node.Node("view"),
            "CreateSeqStmt" => statement.Node.Node("sequence"),
            "CreateTableAsStmt" => statement.Node.Node("into")?.Node("rel"),
            _ => null,
        };
        return relation is { } one ? [one] : [];
    }

    /// <summary>The parts of the names that a DROP names; a table that this release made for the session only needs no schema.</summary>
    private static IEnumerable<IReadOnlyList<string>> Dropped(LintedStatement statement) =>
        statement.Kind == "DropStmt" && statement.Node.Text("removeType") is "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_FOREIGN_TABLE" or "OBJECT_INDEX" or "OBJECT_SEQUENCE"
            ? statement.Node.List("objects").Select(NameReplay.NameParts).Where(parts => statement.Before.Table(QualifiedName.Of(parts, statement.Before.DefaultSchema))?.IsTemporary != true)
            : [];
}
