using System.Text.Json.Serialization;

namespace Lockkeeper.Cli.Verbs;

/// <summary>The data of a verb that prints one text.</summary>
/// <param name="Text">The text.</param>
internal sealed record TextReport(string Text);

/// <summary>The JSON contracts of the command line's own verbs.</summary>
[JsonSerializable(typeof(TextReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class CliJson : JsonSerializerContext;
