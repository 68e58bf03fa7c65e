using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>A map whose keys are names that the user chooses.</summary>
/// <param name="item">The shape of each value.</param>
/// <param name="plural">The entries in the plural: <c>databases</c>.</param>
/// <param name="least">The fewest entries allowed.</param>
internal sealed class MapShape<T>(IShape<T> item, string plural, int least = 0) : IShape<IReadOnlyDictionary<string, T>>
{
    public string Words => $"a map of {plural} by name";

    public IShape Item => item;

    public JsonObject Schema()
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["patternProperties"] = new JsonObject { [Names.Pattern] = item.Schema() },
            ["additionalProperties"] = false,
        };
        if (least > 0)
            schema["minProperties"] = least;
        return schema;
    }

    public bool TryRead(YamlNode node, string label, Problems problems, out IReadOnlyDictionary<string, T> value)
    {
        var read = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        value = read;
        if (node is not YamlMap map)
        {
            problems.Add(KernelErrors.ConfigBadValue, node, $"{label} must be {Words}, but it is {node.Kind}", "Write each entry as NAME: VALUE in a line of its own.");
            return false;
        }

        if (map.Entries.Count < least)
        {
            problems.Add(KernelErrors.ConfigBadValue, node, $"{label} must be {Words}, but it is an empty map", "Write at least one entry.");
            return false;
        }

        foreach (var (key, child) in map.Entries)
        {
            var named = Names.IsName(key.Text);
            if (!named)
                problems.Add(KernelErrors.ConfigBadValue, key, $"'{key.Shown}' in {label} is not a name", Names.Hint);
            if (item.TryRead(child, $"'{key.Shown}' in {label}", problems, out var entry) && named)
                read.Add(key.Text, entry);
        }

        return read.Count == map.Entries.Count;
    }
}
