using System.Text.Json;
using Lockkeeper.Migrate.Proof.Queries;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>Takes from EXPLAIN's answer how tables are read and joined; conditions, sorts and limits are no part of a shape.</summary>
/// <param name="oldName">The name before the migrations of a relation that has another one now: an index that was only renamed is no other plan.</param>
internal sealed class PlanReader(Func<string, string> oldName)
{
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = 10_000 };

    /// <summary>Reads an answer of <c>EXPLAIN (FORMAT JSON)</c>.</summary>
    public QueryPlan Read(string json)
    {
        using var document = JsonDocument.Parse(json, AnyDepth);
        var top = document.RootElement[0].GetProperty("Plan");
        var nodes = new List<string>();
        Add(top, nodes);
        return new QueryPlan(nodes, top.GetProperty("Total Cost").GetDouble());
    }

    private void Add(JsonElement node, List<string> nodes)
    {
        var type = node.GetProperty("Node Type").GetString()!;
        var relation = Text(node, "Relation Name");
        var index = Text(node, "Index Name");
        // A bitmap's parts and its table are two nodes of one reading; which index it is stands in the lower one.
        if (index is not null)
            nodes.Add($"{type} using {oldName(index)}{(relation is null ? "" : $" on {oldName(relation)}")}");
        else if (relation is not null && type != "ModifyTable")
            nodes.Add($"{type} on {oldName(relation)}");
        else if (type is "Nested Loop" or "Hash Join" or "Merge Join" or "Gather" or "Gather Merge")
            nodes.Add(Text(node, "Join Type") is { } join and not "Inner" ? $"{type} ({join})" : type);
        if (!node.TryGetProperty("Plans", out var inner))
            return;
        // Partitions and their indexes are many of the same kind.
        foreach (var child in inner.EnumerateArray())
            Add(child, nodes);
    }

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetString() : null;
}
