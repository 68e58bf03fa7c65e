using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host.Reference;

/// <summary>docs/reference/reports/VERB.schema.json: the JSON schema of a verb's data.</summary>
public static class ReportSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The file's name for a verb.</summary>
    /// <param name="verb">The verb.</param>
    public static string FileName(Verb verb) => $"{verb.Path.Replace(' ', '-')}.schema.json";

    /// <summary>The schema.</summary>
    /// <param name="verb">The verb.</param>
    public static string Of(Verb verb)
    {
        var members = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = $"lk {verb.Path} --json: data" };
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true };
        foreach (var (name, value) in verb.ReportType().GetJsonSchemaAsNode(options).AsObject())
            members[name] = value?.DeepClone();
        return members.ToJsonString(Indented);
    }
}
