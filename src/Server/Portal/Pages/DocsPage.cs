using System.Collections.Concurrent;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The documents of this version.</summary>
internal static class DocsPage
{
    // They never change while the program runs, and the longest take a while to render.
    private static readonly ConcurrentDictionary<string, MarkdownPage> rendered = new(StringComparer.Ordinal);

    /// <summary>All of them by name.</summary>
    public static Html List() => Html.Join(new[] { ("", "The program"), ("duties/", "Duties"), ("reference/", "Reference") }.Select(part => Html.Of($"""
        <h2>{part.Item2}</h2><ul>{Docs.Names.Where(name => part.Item1.Length == 0 ? !name.Contains('/', StringComparison.Ordinal) : name.StartsWith(part.Item1, StringComparison.Ordinal)).Select(name => Html.Of($"<li><a href=\"/docs/{name}\">{Of(name).Title}</a></li>"))}</ul>
        """)));

    /// <summary>Answers with one of them.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        var name = (context.Request.RouteValues["name"] as string ?? "").TrimEnd('/');
        if (!Docs.Has(name))
            throw WebServer.NoSuchPlace();
        var page = Of(name);
        await Answers.PageAsync(context, Layout.Of(new PageFrame(page.Title, "/docs", Guard.CallerOf(context)), Html.Of($"<p><a href=\"/docs\">All documents</a></p><div class=\"doc\">{page.Body}</div>")));
    }

    private static MarkdownPage Of(string name) => rendered.GetOrAdd(name, static one => MarkdownHtml.Of(Docs.Read(one), one));
}
