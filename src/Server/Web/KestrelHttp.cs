using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Web;

/// <summary>Answers HTTP requests with Kestrel, and with nothing of ASP.NET on top of it.</summary>
public sealed class KestrelHttp : IInboundHttp
{
    private static readonly TimeSpan LastRequests = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task ServeAsync(string address, IReadOnlyList<InboundRoute> routes, Action<string> listening, CancellationToken cancel)
    {
        var point = Listener.Read(address);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 500;
            kestrel.Listen(point);
        });
        await using var app = builder.Build();
        app.Run(context => AnswerAsync(context, routes));
        await Listener.RunAsync(app, address, listening, LastRequests, cancel);
    }

    private static async Task AnswerAsync(HttpContext context, IReadOnlyList<InboundRoute> routes)
    {
        // What a page holds is a matter between it and who asked for it: no cache keeps it and no page of another place frames it.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        if (routes.FirstOrDefault(route => route.Path == context.Request.Path.Value) is not { } route)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        try
        {
            await route.AnswerAsync(new Call(context), context.RequestAborted);
        }
        catch (LockkeeperException e) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = e.Code.Exit == ExitCode.WrongUse ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync($"{e.Code.Id}: {e.Message}\nHINT: {e.Hint}\n", context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
    }

    private sealed class Call(HttpContext context) : IInboundCall
    {
        public string? Query(string name) => context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

        public string? Header(string name) => context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

        public Stream Answer(int status, string contentType)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            return context.Response.Body;
        }
    }
}
