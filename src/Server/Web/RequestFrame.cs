using System.Diagnostics;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lockkeeper.Server.Web;

/// <summary>What stands around every request: headers, counts, the log, and that every failure becomes an answer that tells no secrets and no stack.</summary>
/// <param name="parts">The server.</param>
/// <param name="log">The log.</param>
internal sealed class RequestFrame(ServerParts parts, ILogger log)
{
    /// <summary>Answers a request.</summary>
    public async Task RunAsync(HttpContext context, Func<Task> next)
    {
        var began = Stopwatch.GetTimestamp();
        Answers.Protect(context);
        try
        {
            await next();
            if (!context.Response.HasStarted && context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                await Answers.ErrorAsync(context, WebServer.NoSuchPlace(), parts);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var error = Translate(e);
            await Answers.ErrorAsync(context, error, parts);
            if (context.Response.StatusCode >= 500)
                RequestLog.Failed(log, context.Request.Method, PathOf(context), error.Code.Id, parts.Redactor.Redact(error.Message));
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(began);
            parts.Metrics.Answered(KindOf(context), context.Response.StatusCode, took);
            if (log.IsEnabled(LogLevel.Information))
                RequestLog.Answered(log, context.Request.Method, PathOf(context), context.Response.StatusCode, Math.Round(took.TotalMilliseconds, 1), (context.Items[typeof(Caller)] as Caller)?.Name ?? "-", $"{context.Connection.RemoteIpAddress}");
        }
    }

    /// <summary>The address without its query, which may hold a one-time key, cut and without what would break a line.</summary>
    private string PathOf(HttpContext context)
    {
        var path = context.Request.Path.ToUriComponent();
        return parts.Redactor.Redact(path.Length > 200 ? path[..200] + "…" : path);
    }

    private static string KindOf(HttpContext context) => context.Request.Path switch
    {
        var path when path.StartsWithSegments("/api", StringComparison.Ordinal) => "api",
        _ when context.GetEndpoint() is null => "other",
        var path when path == "/healthz" || path == "/readyz" || path == "/metrics" || path.StartsWithSegments("/assets", StringComparison.Ordinal) => "other",
        _ => "page",
    };

    private static LockkeeperException Translate(Exception e) => e switch
    {
        LockkeeperException error => error,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new LockkeeperException(ServerErrors.BodyTooLarge, $"the body is larger than {WebServer.MostBytes / 1024} KiB", "Send the fields that the address takes and no more.", inner: e),
        BadHttpRequestException or InvalidDataException or System.Text.Json.JsonException => new LockkeeperException(ServerErrors.BadRequest, "the request cannot be read", "Send a JSON object or a form, as /api/v1/openapi.json describes it.", inner: e),
        _ => VerbRun.Unexpected(e),
    };
}
