using System.Text.Json;

namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>What a query holds at any depth, gathered in one walk: a tree can be very large (an INSERT of a million rows) and very
/// deep, so the walk is made once and without recursion.</summary>
public sealed class QueryTree
{
    private readonly List<(string Kind, JsonElement Node)> statements = [];
    private readonly List<JsonElement> relations = [];
    private readonly List<JsonElement> calls = [];
    private readonly HashSet<string> withNames = new(StringComparer.Ordinal);

    /// <param name="kind">The kind of the root, for example <c>SelectStmt</c>.</param>
    /// <param name="root">Its content.</param>
    public QueryTree(string kind, JsonElement root)
    {
        var open = new Stack<(string Kind, JsonElement Element)>();
        open.Push((kind, root));
        while (open.TryPop(out var next))
        {
            if (next.Element.ValueKind is JsonValueKind.Array)
            {
                foreach (var item in next.Element.EnumerateArray())
                    open.Push(("", item));
                continue;
            }

            Note(next.Kind, next.Element);
            foreach (var property in next.Element.EnumerateObject())
            {
                if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && !IsApart(property))
                    open.Push((KindOf(property), property.Value));
            }
        }
    }

    /// <summary>SELECT, INSERT, UPDATE, DELETE and MERGE, at any depth.</summary>
    public IReadOnlyList<(string Kind, JsonElement Node)> Statements => statements;

    /// <summary>Function calls.</summary>
    public IReadOnlyList<JsonElement> Calls => calls;

    /// <summary>The relations that are named, without those that WITH defines.</summary>
    public IEnumerable<JsonElement> Relations => relations.Where(relation =>
        relation.TryGetProperty("schemaname", out _) || !withNames.Contains(relation.Text("relname") ?? ""));

    /// <summary>The target of INTO is new, the names of FOR UPDATE OF are aliases, and constants and columns hold nothing of interest.</summary>
    private static bool IsApart(JsonProperty property) =>
        property.NameEquals("A_Const"u8) || property.NameEquals("ColumnRef"u8) || property.NameEquals("typeName"u8)
        || property.NameEquals("intoClause"u8) || property.NameEquals("into"u8) || property.NameEquals("lockingClause"u8);

    /// <summary>The names of the kinds that matter, without making a string of every other.</summary>
    private static string KindOf(JsonProperty property) =>
        property.NameEquals("SelectStmt"u8) || property.NameEquals("larg"u8) || property.NameEquals("rarg"u8) ? "SelectStmt"
        : property.NameEquals("InsertStmt"u8) ? "InsertStmt"
        : property.NameEquals("UpdateStmt"u8) ? "UpdateStmt"
        : property.NameEquals("DeleteStmt"u8) ? "DeleteStmt"
        : property.NameEquals("MergeStmt"u8) ? "MergeStmt"
        : property.NameEquals("FuncCall"u8) || property.NameEquals("funccall"u8) ? "FuncCall"
        : "";

    private void Note(string kind, JsonElement node)
    {
        if (kind == "FuncCall")
            calls.Add(node);
        else if (kind.Length > 0)
            statements.Add((kind, node));
        else if (node.TryGetProperty("relname"u8, out _))
            relations.Add(node);
        else if (node.TryGetProperty("ctename"u8, out var name))
            withNames.Add(name.GetString() ?? "");
    }
}
