using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Nodes;

/// <summary>A server that is alive.</summary>
/// <param name="Name">Its name, another one with each start.</param>
/// <param name="Since">When it began.</param>
/// <param name="Beat">Counts up while it lives. Others watch whether it moves; nobody's clock is compared with another's.</param>
internal sealed record Node(string Name, DateTimeOffset Since, long Beat);

/// <summary>The servers over one state, as documents.</summary>
/// <param name="documents">The store.</param>
internal sealed class NodeStore(IDocumentStore documents)
{
    private const string Kind = "node";

    /// <summary>Whether there may be others.</summary>
    public bool IsShared => documents.IsShared;

    /// <summary>All that are said to live, each with its text.</summary>
    public IReadOnlyList<(Node Node, string Text)> All() => [.. documents.All(Kind).Select(pair => (JsonSerializer.Deserialize(pair.Value, NodeJson.Default.Node)!, pair.Value))];

    /// <summary>Writes a sign of life if the last one is still there; gives its text, or null when others think that this one is dead.</summary>
    public string? Beat(Node node, string? last)
    {
        var text = JsonSerializer.Serialize(node, NodeJson.Default.Node);
        return documents.Swap(Kind, node.Name, last, text) ? text : null;
    }

    /// <summary>Strikes out one whose sign of life has not moved; its own next beat fails.</summary>
    public bool Bury(string name, string text) => documents.Swap(Kind, name, text, null);
}

[JsonSerializable(typeof(Node))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class NodeJson : JsonSerializerContext;
