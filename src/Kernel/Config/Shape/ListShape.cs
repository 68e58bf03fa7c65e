using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>A list of values of one shape.</summary>
/// <param name="item">The shape of each item.</param>
/// <param name="plural">The items in the plural: <c>gates</c>.</param>
/// <param name="least">The fewest items allowed.</param>
internal sealed class ListShape<T>(IShape<T> item, string plural, int least = 0) : IShape<IReadOnlyList<T>>
{
    public string Words => $"a list of {plural}";

    public IShape Item => item;

    public JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.Schema() };
        if (least > 0)
            schema["minItems"] = least;
        return schema;
    }

    public bool TryRead(YamlNode node, string label, Problems problems, out IReadOnlyList<T> value)
    {
        value = [];
        if (node is not YamlList list)
        {
            problems.Add(KernelErrors.ConfigBadValue, node, $"{label} must be {Words}, but it is {node.Kind}", "Write each item in a line of its own after '- ', or all of them in [ ] with commas.");
            return false;
        }

        if (list.Items.Count < least)
        {
            problems.Add(KernelErrors.ConfigBadValue, node, $"{label} must be {Words}, but it is an empty list", "Write at least one item.");
            return false;
        }

        var items = new List<T>(list.Items.Count);
        foreach (var child in list.Items)
        {
            if (item.TryRead(child, $"an item of {label}", problems, out var read))
                items.Add(read);
        }

        value = items;
        return items.Count == list.Items.Count;
    }
}
