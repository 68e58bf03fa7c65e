using System.Text.RegularExpressions;
using Lockkeeper.Server.Web;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Lockkeeper.Server.Portal;

/// <summary>A page written in Markdown.</summary>
/// <param name="Title">Its first heading; empty for none.</param>
/// <param name="Body">All but that.</param>
internal sealed record MarkdownPage(string Title, Html Body);

/// <summary>Markdown as a piece of a page. HTML in it stays text, and links lead to our own pages or openly elsewhere.</summary>
internal static partial class MarkdownHtml
{
    private static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();

    /// <summary>Renders a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="page">The page that relative links start from, for example <c>reference/verbs</c>.</param>
    public static MarkdownPage Of(string text, string page)
    {
        var document = Markdown.Parse(Remark().Replace(text, ""), pipeline);
        var title = "";
        if (document.FirstOrDefault() is HeadingBlock { Level: 1 } heading)
        {
            title = string.Concat(heading.Inline!.Descendants<LiteralInline>().Select(one => one.Content.ToString()));
            document.Remove(heading);
        }

        foreach (var link in document.Descendants<LinkInline>())
            Lead(link, page);
        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !IsElsewhere(link.Url)))
            link.Url = "#";
        // What is wider than a phone scrolls by itself, by the keyboard too.
        var html = document.ToHtml(pipeline).Replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>", StringComparison.Ordinal).Replace("</table>", "</table></div>", StringComparison.Ordinal).Replace("<pre>", "<pre tabindex=\"0\">", StringComparison.Ordinal);
        return new MarkdownPage(title, new Html(html));
    }

    private static void Lead(LinkInline link, string page)
    {
        var url = link.Url ?? "";
        if (url.StartsWith('#') || IsElsewhere(url))
        {
            link.IsImage = false;
            return;
        }

        var (path, part) = url.Split('#', 2) is [var before, var after] ? (before, "#" + after) : (url, "");
        var target = new Uri(new Uri("docs:///" + page), path).AbsolutePath.TrimStart('/');
        link.IsImage = false;
        link.Url = target.EndsWith(".md", StringComparison.Ordinal) && Docs.Has(target[..^3]) ? $"/docs/{target[..^3]}{part}" : "#";
        if (link.Url == "#")
            link.GetAttributes().AddClass("muted");
    }

    private static bool IsElsewhere(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>A remark for who edits the file, on lines of its own.</summary>
    [GeneratedRegex("^<!--.*?-->\\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Remark();
}
