using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Access;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Web;

/// <summary>Marks an address that is answered without a sign-in.</summary>
internal sealed record OpenToAll;

/// <summary>Lets through who is known, and nobody else: also where there is nothing, so that nobody learns what there is.</summary>
internal static class Guard
{
    /// <summary>The browser's cookie. The prefix makes a browser refuse it from another host or path, and without encryption.</summary>
    public const string SecureCookie = "__Host-lk";

    /// <summary>The cookie on a loopback address without encryption.</summary>
    public const string LocalCookie = "lk";

    /// <summary>The form field and the header with the session's key.</summary>
    public const string ForgeryField = "_key";

    /// <summary>The header for scripts.</summary>
    public const string ForgeryHeader = "X-Forgery-Key";

    /// <summary>Who the request comes from.</summary>
    public static Caller CallerOf(HttpContext context) => (Caller)context.Items[typeof(Caller)]!;

    /// <summary>Looks who comes, and refuses strangers and forged requests.</summary>
    public static async Task RunAsync(HttpContext context, Doors doors, Func<HttpContext, Task> next)
    {
        var isOpen = context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null;
        var caller = await doors.CallerOfAsync(context);
        if (caller is null && !isOpen)
        {
            throw new LockkeeperException(ServerErrors.SignInNeeded, "nobody has signed in", "Sign in at /sign-in, or send a token: Authorization: Bearer lk_…");
        }

        context.Items[typeof(Caller)] = caller;
        if (!IsSafe(context.Request.Method))
            await RefuseForgeryAsync(context, caller);
        await next(context);
    }

    /// <summary>A browser sends a session's cookie for a page of another site too; that site cannot know the session's key, and browsers say where a request comes from.</summary>
    private static async Task RefuseForgeryAsync(HttpContext context, Caller? caller)
    {
        var request = context.Request;
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            throw Forged();
        if (request.Headers.Origin.ToString() is { Length: > 0 } origin && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)))
            throw Forged();
        if (caller?.ForgeryKey is not { } key)
            return;
        var given = request.Headers[ForgeryHeader].ToString();
        if (given.Length == 0 && request.HasFormContentType)
            given = (await request.ReadFormAsync(context.RequestAborted))[ForgeryField].ToString();
        if (!Secrets.AreSame(given, key))
            throw Forged();
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static LockkeeperException Forged() => new(ServerErrors.ForgedRequest, "the request did not come from a page of this server", "Load the page again and send it once more; a program sends a token instead of a cookie.");
}
