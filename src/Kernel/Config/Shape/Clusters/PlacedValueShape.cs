using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>A value with its place, for what can only be judged when a server was asked.</summary>
internal sealed class PlacedValueShape<T>(IShape<T> inner) : IShape<Placed<T>>
{
    public string Words => inner.Words;

    // A record inside is not the item of this shape: it is this shape.
    public IShape? Item => inner is IRecordShape ? inner : inner.Item;

    public JsonObject Schema() => inner.Schema();

    public bool TryRead(YamlNode node, string label, Problems problems, out Placed<T> value)
    {
        var right = inner.TryRead(node, label, problems, out var read);
        value = new Placed<T>(read, problems.At(node));
        return right;
    }
}

/// <summary>One value, or a list of them.</summary>
internal sealed class OneOrMoreShape<T>(IShape<T> one, string plural) : IShape<IReadOnlyList<T>>
{
    private readonly ListShape<T> list = new(one, plural);

    public string Words => $"{one.Words}, or {list.Words}";

    public IShape? Item => one;

    public JsonObject Schema() => new() { ["anyOf"] = new JsonArray(one.Schema(), list.Schema()) };

    public bool TryRead(YamlNode node, string label, Problems problems, out IReadOnlyList<T> value)
    {
        if (node is YamlList)
            return list.TryRead(node, label, problems, out value);
        var right = one.TryRead(node, label, problems, out var only);
        value = [only];
        return right;
    }
}

/// <summary>A record, or the text of its first key alone.</summary>
internal sealed class TextOrRecordShape<T>(IShape<string> text, Func<string, T> fromText, IShape<T> record) : IShape<T>
{
    public string Words => $"{text.Words}, or {record.Words}";

    public IShape? Item => record;

    public JsonObject Schema() => new() { ["anyOf"] = new JsonArray(text.Schema(), record.Schema()) };

    public bool TryRead(YamlNode node, string label, Problems problems, out T value)
    {
        if (node is YamlMap)
            return record.TryRead(node, label, problems, out value);
        var right = text.TryRead(node, label, problems, out var read);
        value = right ? fromText(read) : default!;
        return right;
    }
}

/// <summary>A record that may be left empty.</summary>
internal sealed class MaybeEmptyShape<T>(IShape<T> record) : IShape<T>
{
    public string Words => record.Words;

    public IShape? Item => record;

    public JsonObject Schema()
    {
        var schema = record.Schema();
        if (schema["type"] is JsonValue)
            schema["type"] = new JsonArray("object", "null");
        return schema;
    }

    public bool TryRead(YamlNode node, string label, Problems problems, out T value) =>
        record.TryRead(node is YamlScalar { IsNull: true } ? new YamlMap([], node.Line, node.Column) { File = node.File } : node, label, problems, out value);
}
