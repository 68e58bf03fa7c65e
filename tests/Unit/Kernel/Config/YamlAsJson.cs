using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

/// <summary>YAML as the JSON that an editor checks: plain values are null, booleans and numbers as in the YAML 1.2 core schema.</summary>
internal static class YamlAsJson
{
    public static string Convert(string yaml) => Node(new YamlTreeReader(yaml, new Problems("lockkeeper.yaml")).Read())?.ToJsonString() ?? "null";

    private static JsonNode? Node(YamlNode? node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Node(entry.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(Node)]),
        YamlScalar { IsNull: true } or null => null,
        YamlScalar { IsPlain: false } text => text.Text,
        YamlScalar { Text: "true" or "false" } flag => flag.Text == "true",
        YamlScalar value when long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        YamlScalar value when double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        YamlScalar value => value.Text,
        _ => throw new InvalidOperationException(node.Kind),
    };
}
