using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>A map with keys that are declared.</summary>
internal interface IRecordShape : IShape
{
    /// <summary>With its article: <c>a gate</c>.</summary>
    string Noun { get; }

    IReadOnlyList<IKey> Keys { get; }
}

/// <summary>A map with keys that are declared, read as one of the configuration's records.</summary>
/// <param name="noun">With its article: <c>a gate</c>.</param>
/// <param name="keys">The keys, in the order of the reference.</param>
/// <param name="bind">Makes the record when all values are right.</param>
internal sealed class RecordShape<T>(string noun, IReadOnlyList<IKey> keys, Func<Fields, T> bind) : IRecordShape, IShape<T>
{
    public string Noun => noun;

    public IReadOnlyList<IKey> Keys => keys;

    public string Words => "a map";

    public IShape? Item => null;

    /// <summary>Finds what is wrong between the values; null for nothing.</summary>
    public Func<T, Mistake?>? Check { get; init; }

    public JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var key in keys)
        {
            var value = key.Shape.Schema();
            value["description"] = key.Help;
            if (key.Default is { } standard)
                value["default"] = SchemaText.Value(standard);
            properties[key.Name] = value;
        }

        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        var required = keys.Where(key => key.Required).Select(key => (JsonNode)key.Name).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        return schema;
    }

    public bool TryRead(YamlNode node, string label, Problems problems, out T value)
    {
        value = default!;
        if (node is not YamlMap map)
        {
            problems.Add(KernelErrors.ConfigBadValue, node, $"{label} must be {Words}, but it is {node.Kind}", $"Its keys are: {KeyList}.");
            return false;
        }

        var fields = new Fields();
        var right = true;
        var meant = new List<string>();
        foreach (var (name, child) in map.Entries)
        {
            if (Find(name.Text) is { } key)
                right &= key.TryRead(child, problems, fields);
            else
                right = Refuse(name, meant, problems);
        }

        foreach (var key in keys)
        {
            if (!key.Required || map.Find(key.Name) is not null)
                continue;
            right = false;
            if (meant.Contains(key.Name))
                continue;
            problems.Add(KernelErrors.ConfigMissingKey, node, $"{Subject(label)} has no '{key.Name}'", $"Add it, for example: {key.Name}: {key.Example}");
        }

        if (!right)
            return false;
        value = bind(fields);
        if (Check?.Invoke(value) is not { } mistake)
            return true;
        problems.Add(KernelErrors.ConfigBadValue, node, mistake.Message ?? $"{label} is not valid", mistake.Hint ?? $"Its keys are: {KeyList}.");
        return false;
    }

    private string KeyList => string.Join(", ", keys.Select(key => key.Name));

    private IKey? Find(string name)
    {
        foreach (var key in keys)
        {
            if (key.Name == name)
                return key;
        }

        return null;
    }

    // The key that was probably meant is not reported as missing too.
    private bool Refuse(YamlScalar name, List<string> meant, Problems problems)
    {
        var near = NearestName.Of(name.Text, keys.Select(key => key.Name));
        if (near is not null)
            meant.Add(near);
        problems.Add(KernelErrors.ConfigUnknownKey, name, $"'{name.Shown}' is not a key of {noun}", KeyHint(name.Text, near));
        return false;
    }

    private string KeyHint(string name, string? near)
    {
        if (near is not null)
            return $"Did you mean '{near}'?";
        return ConfigShape.HomeOf(name) is { } home
            ? $"It is a key of {home}: check the indentation."
            : $"The keys of {noun} are: {KeyList}.";
    }

    private string Subject(string label) => label.StartsWith("an item", StringComparison.Ordinal) ? noun : label;
}
