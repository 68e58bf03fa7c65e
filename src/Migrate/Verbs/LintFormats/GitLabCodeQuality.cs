namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>A report as GitLab's code quality artifact: a list of problems in the form of Code Climate.</summary>
internal static class GitLabCodeQuality
{
    public static string Of(LintReport report, RepositoryPaths paths)
    {
        var fingerprints = new FindingFingerprints();
        return JsonText.Of(writer =>
        {
            writer.WriteStartArray();
            foreach (var finding in report.Findings)
            {
                writer.WriteStartObject();
                writer.WriteString("description", finding.Message);
                writer.WriteString("check_name", finding.Rule);
                writer.WriteString("fingerprint", fingerprints.Next(finding.Rule, finding.File, finding.Source));
                writer.WriteString("severity", finding.Severity switch { "error" => "critical", "warning" => "minor", _ => "info" });
                writer.WriteStartObject("location");
                writer.WriteString("path", paths.To(finding.File));
                writer.WriteStartObject("lines");
                writer.WriteNumber("begin", finding.Line);
                writer.WriteEndObject();
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
