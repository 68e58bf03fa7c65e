using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal;

/// <summary>The style sheet, the script and the icon, from this program itself.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, string> types = new(StringComparer.Ordinal)
    {
        ["lockkeeper.css"] = "text/css; charset=utf-8", ["live.js"] = "text/javascript; charset=utf-8", ["icon.svg"] = "image/svg+xml",
    };

    /// <summary>Answers with one of them; any other name is nothing.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.RouteValues["name"] as string ?? "";
        if (!types.TryGetValue(name, out var type) || typeof(Assets).Assembly.GetManifestResourceStream("Lockkeeper.Server.Portal.Files." + name) is not { } stream)
            throw WebServer.NoSuchPlace();
        await using (stream)
        {
            context.Response.ContentType = type;
            context.Response.Headers.CacheControl = "public, max-age=600";
            await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }
}
