using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary>The JSON contracts of the reports about the configuration.</summary>
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(JsonObject))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ConfigJson : JsonSerializerContext;
