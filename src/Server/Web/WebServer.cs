using System.Net;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Api;
using Lockkeeper.Server.Portal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lockkeeper.Server.Web;

/// <summary>The server's pages and API over Kestrel.</summary>
internal static class WebServer
{
    /// <summary>Nothing that people or programs send is larger: forms of a few fields.</summary>
    private const int MostBytes = 64 * 1024;

    /// <summary>How long a request that is being answered may go on when the server stops.</summary>
    private static readonly TimeSpan LastRequests = TimeSpan.FromSeconds(3);

    /// <summary>Answers until it is cancelled.</summary>
    /// <param name="parts">The server.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="listening">Is told the address.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="LockkeeperException">The address cannot be listened on (LK1601).</exception>
    public static async Task ServeAsync(ServerParts parts, IPEndPoint address, Action<string> listening, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBytes;
            kestrel.Limits.MaxConcurrentConnections = 2000;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Listen(address);
        });
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.Use((context, next) => FrameAsync(context, parts, next));
        app.UseRouting();
        app.Use((context, next) => Guard.RunAsync(context, parts.Doors, _ => next(context)));
        PortalRoutes.Map(app, parts);
        ApiRoutes.Map(app, parts);
        app.MapFallback(static _ => throw NoSuchPlace());
        await Listener.RunAsync(app, $"{address}", listening, LastRequests, cancel);
    }

    /// <summary>There is nothing at this address.</summary>
    public static LockkeeperException NoSuchPlace() => new(ServerErrors.NoSuchPlace, "there is nothing at this address", "The document at /api/v1/openapi.json lists what there is; people begin at /.");

    /// <summary>Around everything: headers, and every failure becomes an answer that tells no secrets and no stack.</summary>
    private static async Task FrameAsync(HttpContext context, ServerParts parts, Func<Task> next)
    {
        Answers.Protect(context);
        try
        {
            await next();
            if (!context.Response.HasStarted && context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                await Answers.ErrorAsync(context, NoSuchPlace(), parts);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Answers.ErrorAsync(context, Translate(e), parts);
        }
    }

    private static LockkeeperException Translate(Exception e) => e switch
    {
        LockkeeperException error => error,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new LockkeeperException(ServerErrors.BodyTooLarge, $"the body is larger than {MostBytes / 1024} KiB", "Send the fields that the address takes and no more.", inner: e),
        BadHttpRequestException or InvalidDataException or System.Text.Json.JsonException => new LockkeeperException(ServerErrors.BadRequest, "the request cannot be read", "Send a JSON object or a form, as /api/v1/openapi.json describes it.", inner: e),
        _ => VerbRun.Unexpected(e),
    };
}
