using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A name that a statement gives to something new, or to something that had another.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="What">What is named, in a word.</param>
/// <param name="Name">The name as the tree has it: cut to 63 bytes, in lower case unless it was quoted.</param>
/// <param name="Node">The node that it stands in; null where the tree gives no place.</param>
internal sealed record NewName(LintedStatement Statement, string What, string Name, TreeNode? Node)
{
    /// <summary>The names that a statement gives.</summary>
    public static IReadOnlyList<NewName> In(LintedStatement statement)
    {
        var names = new NewNameCollector(statement);
        var node = statement.Node;
        switch (statement.Kind)
        {
            case "CreateStmt":
                names.AddRelation("table", node.Node("relation"));
                names.AddColumns(node.List("tableElts", "ColumnDef"));
                names.AddConstraints(node.List("tableElts", "Constraint"));
                break;
            case "AlterTableStmt":
                AddParts(node.List("cmds", "AlterTableCmd"), names);
                break;
            case "CompositeTypeStmt":
                names.AddRelation("type", node.Node("typevar"));
                names.AddColumns(node.List("coldeflist", "ColumnDef"));
                break;
            case "ViewStmt":
                names.AddRelation("view", node.Node("view"));
                break;
            case "CreateTableAsStmt":
                names.AddRelation("table", node.Node("into")?.Node("rel"));
                break;
            case "CreateSeqStmt":
                names.AddRelation("sequence", node.Node("sequence"));
                break;
            default:
                var (what, name) = Single(statement.Kind, node);
                names.Add(what, name, null);
                break;
        }

        return names.Found;
    }

    /// <summary>A finding about it.</summary>
    public Finding Find(RuleInfo rule, string message) => Statement.Find(rule, message, Node);

    private static (string What, string? Name) Single(string kind, TreeNode node) => kind switch
    {
        "IndexStmt" => ("index", node.Text("idxname")),
        "CreateSchemaStmt" => ("schema", node.Text("schemaname")),
        "CreateFunctionStmt" => ("function", node.Strings("funcname").LastOrDefault()),
        "CreateTrigStmt" => ("trigger", node.Text("trigname")),
        "CreatePolicyStmt" => ("policy", node.Text("policy_name")),
        "CreateEnumStmt" => ("type", node.Strings("typeName").LastOrDefault()),
        "CreateDomainStmt" => ("domain", node.Strings("domainname").LastOrDefault()),
        "CreateRoleStmt" => ("role", node.Text("role")),
        "RenameStmt" => ("name", node.Text("newname")),
        _ => ("", null),
    };

    private static void AddParts(TreeNode[] commands, NewNameCollector names)
    {
        foreach (var command in commands)
        {
            if (command.Node("def")?.Node("ColumnDef") is { } column && command.Text("subtype") == "AT_AddColumn")
                names.AddColumns([column]);
            else if (command.Node("def")?.Node("Constraint") is { } constraint)
                names.AddConstraints([constraint]);
        }
    }
}
