using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal;

/// <summary>A report's blocks, or an error, as pieces of a page: the same words as on the command line.</summary>
internal static class ReportHtml
{
    /// <summary>The blocks of a report.</summary>
    public static Html Of(IReadOnlyList<Block> blocks, Redactor redactor) => Html.Join(blocks.Select(block => Of(block, redactor)));

    /// <summary>An error with its code, its hint and its facts.</summary>
    public static Html Of(LockkeeperException error, Redactor redactor) => Html.Of($"""
        <div class="problem" role="alert"><p><b>{error.Code.Id}</b> {redactor.Redact(error.Message)}</p>{Html.If(error.Hint is not null, () => Html.Of($"<p class=\"muted\">{redactor.Redact(error.Hint!)}</p>"))}
        {error.Facts.Select(fact => Html.Of($"<p class=\"muted\">{fact.Label}</p><pre>{redactor.Redact(fact.Text)}</pre>"))}</div>
        """);

    /// <summary>A tone as a class of the style sheet.</summary>
    public static string ClassOf(Tone tone) => tone switch
    {
        Tone.Good => "good", Tone.Warning => "warning", Tone.Bad => "bad", Tone.Muted => "muted", Tone.Strong => "strong", _ => "",
    };

    private static Html Of(Block block, Redactor redactor) => block switch
    {
        Heading heading => Html.Of($"<h2>{redactor.Redact(heading.Text)}</h2>"),
        Line line => Html.Of($"<p class=\"{ClassOf(line.Tone)}{(line.Indent > 0 ? " indent" : "")}\">{redactor.Redact(line.Text)}</p>"),
        Code code => Html.Of($"<pre tabindex=\"0\">{redactor.Redact(code.Text)}</pre>"),
        Excerpt excerpt => Html.Of($"<pre tabindex=\"0\">{excerpt.Line} | {redactor.Redact(excerpt.Text)}</pre>"),
        Table { Rows.Count: > 0 } table => Of(table, redactor),
        _ => Html.None,
    };

    private static Html Of(Table table, Redactor redactor) => Html.Of($"""
        <div class="wide" tabindex="0"><table><thead><tr>{table.Columns.Select(column => Html.Of($"<th scope=\"col\">{column}</th>"))}</tr></thead>
        <tbody>{table.Rows.Select(row => Html.Of($"<tr>{row.Select(cell => Html.Of($"<td class=\"{ClassOf(cell.Tone)}\">{redactor.Redact(cell.Text)}</td>"))}</tr>\n"))}</tbody></table></div>
        """);
}
