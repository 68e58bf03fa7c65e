using System.Text.Json;

namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>A report as SARIF 2.1.0 (OASIS), which GitHub code scanning, Azure DevOps and editors read.</summary>
internal static class SarifLog
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    public static string Of(LintReport report, RepositoryPaths paths) => JsonText.Of(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", Schema);
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        writer.WriteStartObject();
        WriteTool(writer, report.Rules);
        // Our columns count characters, not UTF-16 units.
        writer.WriteString("columnKind", "unicodeCodePoints");
        WriteInvocation(writer, report.NotChecked);
        WriteResults(writer, report, paths);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteTool(Utf8JsonWriter writer, IReadOnlyList<RuleReport> rules)
    {
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", "Lockkeeper");
        writer.WriteString("semanticVersion", typeof(SarifLog).Assembly.GetName().Version?.ToString(3));
        writer.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            writer.WriteStartObject();
            writer.WriteString("id", rule.Id);
            writer.WriteMessage("shortDescription", rule.Title);
            writer.WriteMessage("fullDescription", rule.Why);
            writer.WriteStartObject("help");
            writer.WriteString("text", $"{rule.Why}\n\n{rule.Fix}");
            writer.WriteString("markdown", $"{rule.Why}\n\n**Instead:** {rule.Fix}");
            writer.WriteEndObject();
            writer.WriteStartObject("defaultConfiguration");
            writer.WriteString("level", Level(rule.Severity));
            writer.WriteEndObject();
            writer.WriteStartObject("properties");
            writer.WriteStartArray("tags");
            writer.WriteStringValue("database");
            writer.WriteStringValue(rule.Set);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteInvocation(Utf8JsonWriter writer, IReadOnlyList<string> notChecked)
    {
        writer.WriteStartArray("invocations");
        writer.WriteStartObject();
        writer.WriteBoolean("executionSuccessful", true);
        writer.WriteStartArray("toolExecutionNotifications");
        foreach (var words in notChecked)
        {
            writer.WriteStartObject();
            writer.WriteString("level", "warning");
            writer.WriteMessage("message", $"not checked: {words}");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteResults(Utf8JsonWriter writer, LintReport report, RepositoryPaths paths)
    {
        var indexes = report.Rules.Select((rule, index) => (rule.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index, StringComparer.Ordinal);
        var fingerprints = new FindingFingerprints();
        writer.WriteStartArray("results");
        foreach (var finding in report.Findings)
        {
            WriteResultStart(writer, finding.Rule, indexes, Level(finding.Severity), finding.Message);
            WriteLocation(writer, paths.To(finding.File), finding.Line, finding.Column, finding.Source);
            writer.WriteStartObject("partialFingerprints");
            writer.WriteString("lockkeeperFinding/v1", fingerprints.Next(finding.Rule, finding.File, finding.Source));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        foreach (var allowed in report.Suppressed)
        {
            WriteResultStart(writer, allowed.Rule, indexes, "note", allowed.Message);
            WriteLocation(writer, paths.To(allowed.File), allowed.Line, column: null, source: "");
            writer.WriteStartArray("suppressions");
            writer.WriteStartObject();
            writer.WriteString("kind", "inSource");
            writer.WriteString("justification", allowed.Reason);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteResultStart(Utf8JsonWriter writer, string rule, Dictionary<string, int> indexes, string level, string message)
    {
        writer.WriteStartObject();
        writer.WriteString("ruleId", rule);
        if (indexes.TryGetValue(rule, out var index))
            writer.WriteNumber("ruleIndex", index);
        writer.WriteString("level", level);
        writer.WriteMessage("message", message);
    }

    private static void WriteLocation(Utf8JsonWriter writer, string file, int line, int? column, string source)
    {
        writer.WriteStartArray("locations");
        writer.WriteStartObject();
        writer.WriteStartObject("physicalLocation");
        writer.WriteStartObject("artifactLocation");
        writer.WriteString("uri", string.Join('/', file.Split('/').Select(Uri.EscapeDataString)));
        writer.WriteString("uriBaseId", "%SRCROOT%");
        writer.WriteEndObject();
        writer.WriteStartObject("region");
        writer.WriteNumber("startLine", line);
        if (column is { } place)
            writer.WriteNumber("startColumn", place);
        if (source.Length > 0)
            writer.WriteMessage("snippet", source);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static string Level(string severity) => severity switch { "error" => "error", "warning" => "warning", _ => "note" };
}
