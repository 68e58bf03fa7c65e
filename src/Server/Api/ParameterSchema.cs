using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Api;

/// <summary>Parameters of verbs as JSON schemas.</summary>
internal static class ParameterSchema
{
    /// <summary>An object with the parameters as members, and no others.</summary>
    public static JsonObject Of(IEnumerable<Parameter> parameters)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var parameter in parameters)
        {
            var schema = Of(parameter);
            schema["description"] = parameter.Default is { } value ? $"{parameter.Help}; by default {value}" : parameter.Help;
            properties[parameter.Name] = schema;
            if (parameter.Required)
                required.Add((JsonNode)parameter.Name);
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false };
    }

    /// <summary>One value.</summary>
    public static JsonObject Of(Parameter parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Kind switch { ParameterKind.Flag => "boolean", ParameterKind.Integer => "integer", _ => "string" } };
        if (parameter.Choices.Count > 0)
            schema["enum"] = new JsonArray([.. parameter.Choices.Select(choice => (JsonNode)choice)]);
        if (parameter.Default is { } value)
            schema["description"] = $"By default {value}";
        return schema;
    }
}
