using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal;

/// <summary>The answer of <c>lk observe inspect</c> as a table: numbers stand under one another with their units, statements are marked.</summary>
internal static class InspectHtml
{
    /// <summary>The table.</summary>
    /// <param name="report">The answer.</param>
    /// <param name="statement">Where a statement of an id is shown.</param>
    /// <param name="redactor">Takes secrets out.</param>
    public static Html Of(JsonNode report, Func<string, string> statement, Redactor redactor)
    {
        var columns = report["columns"]!.AsArray().Select(column => (string)column!).ToList();
        var rows = report["rows"]!.AsArray().Select(row => row!.AsArray().Select(cell => (string?)cell is { } text ? redactor.Redact(text) : null).ToList()).ToList();
        if ((string)report["missing"]! is { Length: > 0 } missing)
            return Html.Of($"<p class=\"card warning\">{redactor.Redact(missing)}</p>");
        if (rows.Count == 0)
            return Html.Of($"<p class=\"card muted\">None.</p>");
        var numbers = columns.Select((name, i) => name != "id" && rows.Any(row => row[i] is not null) && rows.All(row => row[i] is null || double.TryParse(row[i], NumberStyles.Float, CultureInfo.InvariantCulture, out _))).ToList();
        return Html.Of($"""
            <p><label for="find">Find</label><input id="find" type="search" data-filter="#inspect"></p>
            <div class="wide" tabindex="0"><table id="inspect"><thead><tr>{columns.Select((name, i) => Html.Of($"<th scope=\"col\"{Class(numbers[i])}>{name.Replace('_', ' ')}</th>"))}</tr></thead>
            <tbody>{rows.Select(row => Html.Of($"<tr>{row.Select((cell, i) => Cell(columns[i], cell, numbers[i], statement))}</tr>\n"))}</tbody></table></div>
            """);
    }

    private static Html Cell(string column, string? text, bool isNumber, Func<string, string> statement) => column switch
    {
        _ when text is null => Html.Of($"<td{Class(isNumber)}></td>"),
        "id" => Html.Of($"<td><a href=\"{statement(text)}\">{text}</a></td>"),
        "statement" or "definition" => Html.Of($"<td><code class=\"sql\">{SqlHtml.Of(text)}</code></td>"),
        "note" or "kind" when text.StartsWith("not", StringComparison.Ordinal) || text.StartsWith("waits", StringComparison.Ordinal) => Html.Of($"<td><span class=\"pill warning\">{text}</span></td>"),
        _ when isNumber => Html.Of($"<td class=\"number\">{Number(column, double.Parse(text, CultureInfo.InvariantCulture))}</td>"),
        _ => Html.Of($"<td>{text}</td>"),
    };

    private static string Number(string column, double value) => column switch
    {
        "bytes" => Quantity.Words(value, "bytes"),
        "total_s" => Quantity.Words(value, "seconds"),
        "mean_ms" => Quantity.Words(value / 1000, "seconds"),
        "cache_hit_percent" => value.ToString("0.0", CultureInfo.InvariantCulture) + " %",
        _ => value.ToString("#,0.##", CultureInfo.InvariantCulture),
    };

    private static Html Class(bool isNumber) => isNumber ? new Html(" class=\"number\"") : Html.None;
}
