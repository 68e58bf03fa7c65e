using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Verbs;

namespace Lockkeeper.Backup.Documents;

/// <summary>Words of the page for a disaster.</summary>
internal static class PageText
{
    public static void Row(StringBuilder text, params IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");

    public static string Measured(JsonNode? seconds) => (double?)seconds is { } measured ? Span(TimeSpan.FromSeconds(measured)) : "not measured";

    public static string Allowed(TimeSpan? most) => most is { } limit ? $", the policy allows {Span(limit)}" : ", the policy says nothing";

    public static DateTimeOffset Moment(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset moment) => BackupText.Time(moment);

    public static string Span(TimeSpan span) => BackupText.Span(span);
}
