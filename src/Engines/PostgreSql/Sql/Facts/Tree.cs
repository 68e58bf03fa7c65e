using System.Text.Json;

namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Reads nodes of the parse tree. libpg_query leaves out fields that are empty, zero or false.</summary>
public static class Tree
{
    /// <summary>A text field; null when it is left out.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The field's name.</param>
    public static string? Text(this JsonElement node, string field) =>
        node.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>A Boolean field.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The field's name.</param>
    public static bool Is(this JsonElement node, string field) =>
        node.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.True;

    /// <summary>A number field; 0 when it is left out.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The field's name.</param>
    public static int Number(this JsonElement node, string field) =>
        node.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetInt32() : 0;

    /// <summary>A node field; null when it is left out.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The field's name.</param>
    public static JsonElement? Node(this JsonElement node, string field) =>
        node.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;

    /// <summary>The items of a list field; none when it is left out.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The field's name.</param>
    public static IEnumerable<JsonElement> List(this JsonElement node, string field) =>
        node.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A list of one kind of node, out of their wrappers: <c>{"RangeVar": {…}}</c> gives <c>{…}</c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The list's name.</param>
    /// <param name="kind">The kind of node; others are passed over.</param>
    public static IEnumerable<JsonElement> List(this JsonElement node, string field, string kind)
    {
        foreach (var item in node.List(field))
        {
            if (item.Node(kind) is { } inner)
                yield return inner;
        }
    }

    /// <summary>The kind and the content of a wrapped node.</summary>
    /// <param name="wrapper">For example <c>{"IndexStmt": {…}}</c>.</param>
    public static (string Kind, JsonElement Content) Unwrap(this JsonElement wrapper)
    {
        foreach (var property in wrapper.EnumerateObject())
            return (property.Name, property.Value);
        return ("", wrapper);
    }

    /// <summary>The strings of a list of String nodes, as qualified names are given.</summary>
    /// <param name="node">The node.</param>
    /// <param name="field">The list's name.</param>
    public static IReadOnlyList<string> Strings(this JsonElement node, string field) =>
        [.. node.List(field, "String").Select(item => item.Text("sval") ?? "")];

    /// <summary>The relation that a RangeVar names, as written.</summary>
    /// <param name="rangeVar">The content of a RangeVar.</param>
    public static string Relation(this JsonElement rangeVar) =>
        SqlName.Of(rangeVar.Text("schemaname"), rangeVar.Text("relname") ?? "");
}
