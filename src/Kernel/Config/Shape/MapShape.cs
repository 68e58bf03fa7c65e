using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>A map whose keys are names that the user chooses.</summary>
/// <param name="item">The shape of each value.</param>
/// <param name="plural">The entries in the plural: <c>databases</c>.</param>
/// <param name="least">The fewest entries allowed.</param>
/// <param name="anyKey">Whether the names are those of another system, which may hold any character.</param>
internal sealed class MapShape<T>(IShape<T> item, string plural, int least = 0, bool anyKey = false) : IShape<IReadOnlyDictionary<string, T>>
{
    public string Words => $"a map of {plural} by name";

    public IShape Item => item;

    public JsonObject Schema()
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["patternProperties"] = new JsonObject { [anyKey ? "^.{1,63}$" : Names.Pattern] = item.Schema() },
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
            var named = anyKey ? IsIdentifier(key.Text) : Names.IsName(key.Text);
            if (!named)
                problems.Add(KernelErrors.ConfigBadValue, key, $"'{key.Shown}' in {label} is not a name", anyKey ? "A name has 1 to 63 bytes of UTF-8 and no control characters." : Names.Hint);
            if (item.TryRead(child, $"'{key.Shown}' in {label}", problems, out var entry) && named)
                read.Add(key.Text, entry);
        }

        return read.Count == map.Entries.Count;
    }

    private static bool IsIdentifier(string text) => text.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(text) <= 63 && !text.Any(char.IsControl);
}
