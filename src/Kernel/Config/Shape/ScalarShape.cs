using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>What is wrong with a value.</summary>
/// <param name="Message">A lower-case sentence; null for "LABEL must be WORDS, but it is …".</param>
/// <param name="Hint">What to write; null for the shape's own hint.</param>
/// <param name="Code">The error; null for a value that is not valid.</param>
internal sealed record Mistake(string? Message = null, string? Hint = null, ErrorCode? Code = null);

/// <summary>Reads the text of one value; the answer is null when it is right.</summary>
internal delegate Mistake? ScalarParser<T>(YamlScalar scalar, string label, out T value);

/// <summary>A single value: text, a number, a duration, one of a list of words.</summary>
/// <param name="words">In a sentence after "must be": <c>a duration</c>.</param>
/// <param name="hint">What to write when it is wrong.</param>
/// <param name="parse">Reads it.</param>
/// <param name="schema">Its JSON schema, as text: the JSON library is loaded only for <c>lk schema</c>.</param>
internal sealed class ScalarShape<T>(string words, string hint, ScalarParser<T> parse, string schema) : IShape<T>
{
    public string Words => words;

    public IShape? Item => null;

    /// <summary>Whether a wrong value may hold a secret, so that no error may show it.</summary>
    public bool IsSecret { get; init; }

    public JsonObject Schema() => JsonNode.Parse(schema)!.AsObject();

    public bool TryRead(YamlNode node, string label, Problems problems, out T value)
    {
        value = default!;
        var mistake = node is YamlScalar { IsNull: false } scalar ? parse(scalar, label, out value) : new Mistake();
        if (mistake is null)
            return true;
        var shown = IsSecret ? node.Kind : ScalarShape.Shown(node);
        problems.Add(mistake.Code ?? KernelErrors.ConfigBadValue, node, mistake.Message ?? $"{label} must be {words}, but it is {shown}", mistake.Hint ?? hint);
        return false;
    }
}

/// <summary>How a wrong value is shown in an error.</summary>
internal static class ScalarShape
{
    public static string Shown(YamlNode node) => node switch
    {
        YamlScalar { Kind: "empty" } or not YamlScalar => node.Kind,
        YamlScalar { IsPlain: false } text => $"the text '{text.Shown}'",
        YamlScalar value => $"'{value.Shown}'",
    };
}
