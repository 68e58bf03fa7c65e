using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>One key of lockkeeper.yaml.</summary>
internal interface IKey
{
    string Name { get; }

    /// <summary>A full sentence.</summary>
    string Help { get; }

    bool Required { get; }

    /// <summary>As a user would write it; null when there is none.</summary>
    string? Default { get; }

    /// <summary>A value as a user would write it.</summary>
    string Example { get; }

    IShape Shape { get; }

    bool TryRead(YamlNode node, Problems problems, Fields into);
}

/// <summary>A key and the type that its value is read as.</summary>
internal sealed class Key<T>(string name, IShape<T> shape, string help) : IKey
{
    public string Name => name;

    public IShape<T> Shape => shape;

    public string Help => help;

    public bool Required { get; init; }

    public string? Default { get; init; }

    public required string Example { get; init; }

    IShape IKey.Shape => Shape;

    public bool TryRead(YamlNode node, Problems problems, Fields into)
    {
        if (!Shape.TryRead(node, $"'{Name}'", problems, out var value))
            return false;
        into.Set(this, value);
        return true;
    }
}

/// <summary>The values of a record's keys, as they were read.</summary>
internal sealed class Fields
{
    private readonly Dictionary<IKey, object?> values = [];

    public void Set(IKey key, object? value) => values[key] = value;

    /// <summary>The value of a key that is required or has a default.</summary>
    public T Get<T>(Key<T> key)
    {
        if (values.TryGetValue(key, out var value))
            return (T)value!;
        // The default is read like a user's own text, so that it is declared only once.
        var text = new YamlScalar(key.Default ?? throw new InvalidOperationException($"'{key.Name}' is neither required nor has a default"), IsPlain: true, 1, 1);
        return key.Shape.TryRead(text, key.Name, new Problems(key.Name), out var standard)
            ? standard
            : throw new InvalidOperationException($"the default of '{key.Name}' is not valid");
    }

    /// <summary>The value of an optional key without a default.</summary>
    public T? GetOrNull<T>(Key<T> key)
        where T : class => values.TryGetValue(key, out var value) ? (T?)value : null;

    /// <summary>The number of an optional key without a default.</summary>
    public T? NumberOrNull<T>(Key<T> key)
        where T : struct => values.TryGetValue(key, out var value) ? (T?)value : null;
}
