using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Follows a series statement by statement: what is known of the schema after each. It reads what is written; what functions and DO blocks do it cannot see.</summary>
internal static class SchemaReplay
{
    /// <summary>What is known after a statement.</summary>
    /// <param name="before">What is known before it.</param>
    /// <param name="statement">The statement.</param>
    public static KnownSchema After(KnownSchema before, ParsedStatement statement) => statement.Kind switch
    {
        "CreateStmt" => TableReplay.Create(before, statement.Node, RelationKind.Table),
        "CreateForeignTableStmt" when statement.Node.Node("base") is { } inner => TableReplay.Create(before, inner, RelationKind.ForeignTable),
        "CreateTableAsStmt" when statement.Node.Node("into")?.Node("rel") is { } made => TableReplay.CreateFromQuery(
            before, made, statement.Node.Text("objtype") == "OBJECT_MATVIEW" ? RelationKind.MaterializedView : RelationKind.Table, statement.Node),
        "ViewStmt" when statement.Node.Node("view") is { } view => TableReplay.CreateFromQuery(before, view, RelationKind.View, statement.Node),
        "AlterTableStmt" => AlterTableReplay.After(before, statement.Node),
        "IndexStmt" => IndexReplay.Create(before, statement.Node),
        "RenameStmt" => NameReplay.Rename(before, statement.Node),
        "AlterObjectSchemaStmt" => NameReplay.Move(before, statement.Node),
        "DropStmt" => NameReplay.Drop(before, statement.Node),
        "CreateEnumStmt" => Type(before, statement.Node.Strings("typeName"), type => type with { IsEnumeration = true }),
        "CreateDomainStmt" => Type(before, statement.Node.Strings("domainname"), type => type with { IsDomain = true, IsConstrained = IsConstrained(statement.Node) }),
        "CompositeTypeStmt" when statement.Node.Node("typevar") is { } type => Type(before, [.. new[] { type.Text("schemaname"), type.Text("relname") }.OfType<string>()], known => known),
        "CreatePublicationStmt" => PublicationReplay.Create(before, statement.Node),
        "AlterPublicationStmt" => PublicationReplay.Alter(before, statement.Node),
        "VariableSetStmt" when IsSearchPath(statement.Node) => before with { DefaultSchema = FirstSchema(statement.Node) ?? before.DefaultSchema },
        _ => before,
    };

    private static KnownSchema Type(KnownSchema before, IReadOnlyList<string> name, Func<KnownType, KnownType> detail)
    {
        var full = QualifiedName.Of(name, before.DefaultSchema);
        return before with { Types = before.Types.SetItem(full, detail(new KnownType(full, before.Release))) };
    }

    private static bool IsConstrained(TreeNode domain) =>
        domain.List("constraints", "Constraint").Any(constraint => constraint.Text("contype") is "CONSTR_CHECK" or "CONSTR_NOTNULL");

    private static bool IsSearchPath(TreeNode node) => node.Text("name") == "search_path" && node.Text("kind") == "VAR_SET_VALUE";

    private static string? FirstSchema(TreeNode node) =>
        node.List("args", "A_Const").Select(constant => constant.Node("sval")?.Text("sval")).FirstOrDefault() is { Length: > 0 } schema && schema != "$user" ? schema : null;
}
