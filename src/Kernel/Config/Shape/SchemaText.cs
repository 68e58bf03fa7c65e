using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The JSON schemas of lockkeeper.yaml and of declared clusters. Draft 7: the newest that the YAML language server supports in full.</summary>
internal static class SchemaText
{
    public static JsonObject Build() => Titled("lockkeeper.yaml", "The databases of a project, their environments, and how changes are carried through them.", ConfigShape.Root.Schema());

    /// <summary>The schema of a file that declares a cluster.</summary>
    public static JsonObject BuildCluster() => Titled("clusters/NAME.yaml", "A cluster as it should be: settings, roles, databases and who may do what.", Clusters.ClusterShape.Schema());

    private static JsonObject Titled(string title, string description, JsonObject root)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = title,
            ["description"] = description,
        };
        foreach (var (name, value) in root.ToList())
        {
            root.Remove(name);
            schema[name] = value;
        }

        return schema;
    }

    public static string Write(JsonObject schema)
    {
        // Read by people and editors, never put into HTML: patterns and quotes stay as they are.
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
            schema.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>A default as JSON: a boolean or number where the text is one.</summary>
    public static JsonNode Value(string text) =>
        text is "true" or "false" ? text == "true"
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : text;
}
