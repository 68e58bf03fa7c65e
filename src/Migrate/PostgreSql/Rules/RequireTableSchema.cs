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
            var relation = statement.Kind switch
            {
                "CreateStmt" or "AlterTableStmt" or "IndexStmt" or "RenameStmt" or "CreateTrigStmt" => statement.Node.Node("relation"),
                "ViewStmt" => statement.Node.Node("view"),
                "CreateSeqStmt" => statement.Node.Node("sequence"),
                "CreateTableAsStmt" => statement.Node.Node("into")?.Node("rel"),
                _ => null,
            };
            if (relation is { } table && table.Text("schemaname") is null && table.Text("relpersistence") != "t")
                yield return statement.Find(Info, $"{table.Text("relname")} is written without its schema", table);
        }
    }
}
