using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The names of tenants: a list, or a map with a query.</summary>
/// <param name="plural">What they name: <c>schemas</c>.</param>
internal sealed class TenantNamesShape(string plural) : IShape<TenantNames>
{
    private static readonly Key<string> Query = new("query", Values.Text, "A query whose first column has the names.") { Required = true, Example = "SELECT name FROM tenants" };

    private static readonly RecordShape<string> Record = new("a query of tenants", [Query], fields => fields.Get(Query));

    private readonly DistinctShape names = new(Values.Text, plural);

    public string Words => $"a list of {plural}, or a query";

    public IShape? Item => null;

    public JsonObject Schema() => new() { ["anyOf"] = new JsonArray(names.Schema(), Record.Schema()) };

    public bool TryRead(YamlNode node, string label, Problems problems, out TenantNames value)
    {
        value = new TenantNames { At = problems.At(node) };
        if (node is YamlMap)
        {
            var isQuery = Record.TryRead(node, label, problems, out var query);
            value = value with { Query = query };
            return isQuery;
        }

        var right = names.TryRead(node, label, problems, out var list);
        value = value with { Names = list };
        return right;
    }
}

/// <summary>A list of different texts, each with its place.</summary>
/// <param name="item">What each of them is; a secret one is not repeated in errors.</param>
/// <param name="plural">The items in the plural.</param>
internal sealed class DistinctShape(ScalarShape<string> item, string plural) : IShape<IReadOnlyList<PlacedText>>
{
    private readonly ListShape<PlacedText> list = new(new PlacedShape(item), plural, least: 1);

    public string Words => list.Words;

    public IShape? Item => list.Item;

    public JsonObject Schema()
    {
        var schema = list.Schema();
        schema["uniqueItems"] = true;
        return schema;
    }

    public bool TryRead(YamlNode node, string label, Problems problems, out IReadOnlyList<PlacedText> value)
    {
        var right = list.TryRead(node, label, problems, out value);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in node is YamlList items ? items.Items.OfType<YamlScalar>() : [])
        {
            if (seen.TryAdd(entry.Text, entry.Line))
                continue;
            var what = item.IsSecret ? "the same connection URL stands twice" : $"'{entry.Shown}' stands twice";
            problems.Add(KernelErrors.ConfigDuplicateKey, entry, $"{what} in {label}", $"The first one stands in line {seen[entry.Text]}: remove one of them.");
            right = false;
        }

        return right;
    }
}

/// <summary>A text with its place.</summary>
internal sealed class PlacedShape(ScalarShape<string> text) : IShape<PlacedText>
{
    public string Words => text.Words;

    public IShape? Item => null;

    public JsonObject Schema() => text.Schema();

    public bool TryRead(YamlNode node, string label, Problems problems, out PlacedText value)
    {
        var right = text.TryRead(node, label, problems, out var read);
        value = new PlacedText(read, problems.At(node));
        return right;
    }
}

/// <summary>The tenants that go first: a number or a list of names.</summary>
internal sealed class CanaryShape : IShape<CanaryConfig>
{
    private static readonly ScalarShape<int> Count = Values.Integer(1, 1000);

    private static readonly DistinctShape Names = new(Values.Text, "tenants");

    public string Words => "a number of tenants, or a list of their names";

    public IShape? Item => null;

    public JsonObject Schema() => new() { ["anyOf"] = new JsonArray(Count.Schema(), Names.Schema()) };

    public bool TryRead(YamlNode node, string label, Problems problems, out CanaryConfig value)
    {
        value = new CanaryConfig(0, []);
        if (node is YamlScalar)
        {
            var isNumber = Count.TryRead(node, label, problems, out var count);
            value = new CanaryConfig(count, []);
            return isNumber;
        }

        var right = Names.TryRead(node, label, problems, out var names);
        value = new CanaryConfig(0, names);
        return right;
    }
}
