using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Server.Portal;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Web;

/// <summary>Writes answers: pages, JSON, and errors in the form that the caller reads.</summary>
internal static class Answers
{
    private static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What protects every answer: nothing from elsewhere runs or is shown in our pages, nobody frames them, no cache keeps them, and they tell no other site where they were.</summary>
    public static void Protect(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Stricter still, browsers would send "Origin: null" with our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        headers.CacheControl = "no-store";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
    }

    /// <summary>Writes a page.</summary>
    public static Task PageAsync(HttpContext context, Html page, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.Text, context.RequestAborted);
    }

    /// <summary>Writes JSON text.</summary>
    public static Task JsonAsync(HttpContext context, string json, int status = StatusCodes.Status200OK, string type = "application/json; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>Writes JSON as it is made.</summary>
    public static async Task JsonAsync(HttpContext context, Action<IBufferWriter<byte>> write)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        write(context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Goes to another page of ours. Only paths of this program are given; one from a request would let a link lead elsewhere.</summary>
    public static Task GoAsync(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
        return Task.CompletedTask;
    }

    /// <summary>Writes an error: a problem (RFC 9457) for programs, a page for people, and for strangers the way to the sign-in.</summary>
    public static async Task ErrorAsync(HttpContext context, LockkeeperException error, ServerParts parts)
    {
        var status = StatusOf(error);
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || context.Request.Headers.Accept.ToString() is var accept && !accept.Contains("text/html", StringComparison.Ordinal))
        {
            if (error.Code == ServerErrors.SignInNeeded)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            await JsonAsync(context, Problem(error, status, parts), status, "application/problem+json; charset=utf-8");
        }
        else if (error.Code == ServerErrors.SignInNeeded)
        {
            await GoAsync(context, "/sign-in");
        }
        else
        {
            var caller = context.Items[typeof(Access.Caller)] as Access.Caller;
            await PageAsync(context, Layout.Of(new PageFrame(error.Code.Id, "", caller), ReportHtml.Of(error, parts.Redactor)), status);
        }
    }

    /// <summary>The HTTP status of an error.</summary>
    public static int StatusOf(LockkeeperException error) => error.Code switch
    {
        var code when code == ServerErrors.SignInNeeded || code == ServerErrors.SignInRefused || code == ServerErrors.ForeignMessage => StatusCodes.Status401Unauthorized,
        var code when code == ServerErrors.NotAllowed || code == ServerErrors.ForgedRequest => StatusCodes.Status403Forbidden,
        var code when code == ServerErrors.NoSuchPlace => StatusCodes.Status404NotFound,
        var code when code == ServerErrors.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        var code when code == ServerErrors.KeyUsedOtherwise => StatusCodes.Status422UnprocessableEntity,
        var code when code == ServerErrors.TooManyTries || code == ServerErrors.TooManyJobs => StatusCodes.Status429TooManyRequests,
        var code when code == KernelErrors.StateAway => StatusCodes.Status503ServiceUnavailable,
        _ => error.Exit switch
        {
            ExitCode.WrongUse => StatusCodes.Status400BadRequest,
            ExitCode.Refused => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status500InternalServerError,
        },
    };

    private static string Problem(LockkeeperException error, int status, ServerParts parts)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteString("type", $"urn:lockkeeper:error:{error.Code.Id}");
            json.WriteString("title", error.Code.Meaning);
            json.WriteNumber("status", status);
            json.WriteString("detail", parts.Redactor.Redact(error.Message));
            json.WriteString("code", error.Code.Id);
            json.WriteString("hint", parts.Redactor.Redact(error.Hint ?? ""));
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
