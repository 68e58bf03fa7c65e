namespace Lockkeeper.Observe.Alerts;

/// <summary>Text in the YAML files that are written for other programs.</summary>
internal static class YamlText
{
    /// <summary>Any text as a value in double quotes.</summary>
    public static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}
