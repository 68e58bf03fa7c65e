using System.Net;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Api;
using Lockkeeper.Server.Git;
using Lockkeeper.Server.Portal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lockkeeper.Server.Web;

/// <summary>The server's pages and API over Kestrel.</summary>
internal static class WebServer
{
    /// <summary>Nothing that people or programs send is larger: forms of a few fields.</summary>
    public const int MostBytes = 64 * 1024;

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
        ServerLog.Add(builder.Logging, parts.LogFormat);
        await using var app = builder.Build();
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("lockkeeper");
        var frame = new RequestFrame(parts, log);
        app.Use((context, next) => frame.RunAsync(context, next));
        app.UseRouting();
        app.Use((context, next) => Guard.RunAsync(context, parts.Doors, _ => next(context)));
        PortalRoutes.Map(app, parts);
        ApiRoutes.Map(app, parts);
        HookRoutes.Map(app, parts);
        app.MapFallback(static _ => throw NoSuchPlace());
        await using var memory = new RestingMemory(parts.Clock);
        await using var stopping = cancel.Register(() => RequestLog.Stopping(log));
        await Listener.RunAsync(app, $"{address}", url =>
        {
            RequestLog.Listening(log, url);
            listening(url);
        }, LastRequests, cancel);
    }

    /// <summary>There is nothing at this address.</summary>
    public static LockkeeperException NoSuchPlace() => new(ServerErrors.NoSuchPlace, "there is nothing at this address", "The document at /api/v1/openapi.json lists what there is; people begin at /.");
}
