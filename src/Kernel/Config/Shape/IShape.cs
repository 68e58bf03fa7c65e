using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>What a value of lockkeeper.yaml may be. The reader, the JSON schema and the reference page are made from it.</summary>
internal interface IShape
{
    /// <summary>In a sentence after "must be": <c>a duration</c>.</summary>
    string Words { get; }

    /// <summary>The shape of the items of a list or map; null for others.</summary>
    IShape? Item { get; }

    /// <summary>The JSON schema of the value.</summary>
    JsonObject Schema();
}

/// <summary>A shape that reads a value.</summary>
internal interface IShape<T> : IShape
{
    /// <summary>Reads a value, or adds what is wrong with it.</summary>
    /// <param name="node">The value.</param>
    /// <param name="label">What it is, for errors: <c>'timeout'</c>.</param>
    /// <param name="problems">Where errors go.</param>
    /// <param name="value">The value; has no meaning when the answer is false.</param>
    bool TryRead(YamlNode node, string label, Problems problems, out T value);
}
