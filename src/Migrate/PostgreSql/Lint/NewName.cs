using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A name that a statement gives to something new, or to something that had another.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="What">What is named, in a word.</param>
/// <param name="Name">The name as the tree has it: cut to 63 bytes, in lower case unless it was quoted.</param>
/// <param name="Node">The node that it stands in; undefined where the tree gives no place.</param>
internal sealed record NewName(LintedStatement Statement, string What, string Name, JsonElement Node)
{
    /// <summary>The names that a statement gives.</summary>
    public static IEnumerable<NewName> In(LintedStatement statement)
    {
        foreach (var (what, name, node) in Names(statement))
        {
            if (name is { Length: > 0 })
                yield return new NewName(statement, what, name, node);
        }
    }

    /// <summary>A finding about it.</summary>
    public Finding Find(RuleInfo rule, string message) => Statement.Find(rule, message, Node);

    private static IEnumerable<(string What, string? Name, JsonElement Node)> Names(LintedStatement statement)
    {
        var node = statement.Node;
        return statement.Kind switch
        {
            "CreateStmt" => [Relation("table", node.Node("relation")), .. node.List("tableElts", "ColumnDef").SelectMany(Column), .. node.List("tableElts", "Constraint").SelectMany(Constraint)],
            "AlterTableStmt" => node.List("cmds", "AlterTableCmd").SelectMany(Added),
            "IndexStmt" => [("index", node.Text("idxname"), default)],
            "ViewStmt" => [Relation("view", node.Node("view"))],
            "CreateTableAsStmt" => [Relation("table", node.Node("into")?.Node("rel"))],
            "CreateSeqStmt" => [Relation("sequence", node.Node("sequence"))],
            "CreateSchemaStmt" => [("schema", node.Text("schemaname"), default)],
            "CreateFunctionStmt" => [("function", node.Strings("funcname").LastOrDefault(), default)],
            "CreateTrigStmt" => [("trigger", node.Text("trigname"), default)],
            "CreatePolicyStmt" => [("policy", node.Text("policy_name"), default)],
            "CreateEnumStmt" => [("type", node.Strings("typeName").LastOrDefault(), default)],
            "CreateDomainStmt" => [("domain", node.Strings("domainname").LastOrDefault(), default)],
            "CompositeTypeStmt" => [Relation("type", node.Node("typevar")), .. node.List("coldeflist", "ColumnDef").SelectMany(Column)],
            "CreateRoleStmt" => [("role", node.Text("role"), default)],
            "RenameStmt" => [("name", node.Text("newname"), default)],
            _ => [],
        };
    }

    private static (string What, string? Name, JsonElement Node) Relation(string what, JsonElement? rangeVar) => (what, rangeVar?.Text("relname"), rangeVar ?? default);

    private static IEnumerable<(string What, string? Name, JsonElement Node)> Column(JsonElement column) =>
        [("column", column.Text("colname"), column), .. column.List("constraints", "Constraint").SelectMany(Constraint)];

    private static IEnumerable<(string What, string? Name, JsonElement Node)> Constraint(JsonElement constraint) => [("constraint", constraint.Text("conname"), constraint)];

    private static IEnumerable<(string What, string? Name, JsonElement Node)> Added(JsonElement command) => command.Node("def") is not { } definition ? []
        : definition.Node("ColumnDef") is { } column && command.Text("subtype") == "AT_AddColumn" ? Column(column)
        : definition.Node("Constraint") is { } constraint ? Constraint(constraint) : [];
}
