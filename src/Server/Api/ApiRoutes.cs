using System.Globalization;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lockkeeper.Server.Api;

/// <summary>The API: each verb at <c>/api/v1/its/words</c>, jobs, and the document that describes it.</summary>
internal static class ApiRoutes
{
    /// <summary>What every address begins with.</summary>
    public const string Prefix = "/api/v1/";

    /// <summary>How long a caller may wait for a job in one request.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Where a verb is called.</summary>
    public static string PathOf(Verb verb) => Prefix + verb.Path.Replace(' ', '/');

    /// <summary>Adds the addresses.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.MapGet("/healthz", (RequestDelegate)(static context => Answers.JsonAsync(context, "{\"status\":\"ok\"}"))).WithMetadata(new OpenToAll());
        routes.MapGet("/readyz", (RequestDelegate)(context => ReadyAsync(context, parts))).WithMetadata(new OpenToAll());
        routes.MapGet("/metrics", (RequestDelegate)(context => MetricsAsync(context, parts)));
        routes.MapGet(Prefix + "openapi.json", (RequestDelegate)(context => Answers.JsonAsync(context, OpenApi.Of([.. parts.Verbs.Values]))));
        foreach (var verb in parts.Verbs.Values)
        {
            if (verb.Effect == VerbEffect.Reads)
                routes.MapGet(PathOf(verb), (RequestDelegate)(context => ReadAsync(context, verb, parts)));
            routes.MapPost(PathOf(verb), (RequestDelegate)(context => StartAsync(context, verb, parts)));
        }

        routes.MapGet(Prefix + "jobs", (RequestDelegate)(context => JobApi.ListAsync(context, parts)));
        routes.MapGet(Prefix + "schedules", (RequestDelegate)(context => ScheduleApi.ListAsync(context, parts)));
        routes.MapGet(Prefix + "jobs/{id}", (RequestDelegate)(context => JobApi.ShowAsync(context, parts)));
        routes.MapGet(Prefix + "jobs/{id}/events", (RequestDelegate)(context => JobApi.EventsAsync(context, parts)));
        routes.MapPost(Prefix + "jobs/{id}/stop", (RequestDelegate)(context => JobApi.StopAsync(context, parts)));
    }

    private static Task MetricsAsync(HttpContext context, ServerParts parts)
    {
        Guard.CallerOf(context).Require(Role.Viewer);
        var now = parts.Clock.GetUtcNow();
        return Answers.JsonAsync(context, parts.Metrics.Text(
        [
            ("lockkeeper_server_jobs_running", "Jobs that run or wait for their turn here.", parts.Jobs.Count),
            ("lockkeeper_server_proposals_waiting", "Proposals of agents that wait for a person.", parts.Proposals.All().Count(one => one.IsOpen(now))),
            ("process_resident_memory_bytes", "Resident memory of this process in bytes.", Environment.WorkingSet),
        ]), type: ServerMetrics.ContentType);
    }

    private static async Task ReadyAsync(HttpContext context, ServerParts parts)
    {
        // Reading the configuration and the state is what every call begins with.
        using var workspace = parts.WorkspaceOf("", new SilentProgress());
        _ = workspace.Config;
        _ = parts.Jobs.Store.Find("");
        await Answers.JsonAsync(context, "{\"status\":\"ready\"}");
    }

    private static async Task ReadAsync(HttpContext context, Verb verb, ServerParts parts)
    {
        var values = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        await VerbRequest.CheckAsync(parts, Guard.CallerOf(context), verb, values, context.RequestAborted);
        var (report, error) = await VerbWork.RunAsync(parts, verb, values, Guard.CallerOf(context).Name, new SilentProgress(), context.RequestAborted);
        if (report is null)
            throw error!;
        await Answers.JsonAsync(context, to => JsonAnswer.Write(to, verb.Path, report, parts.Redactor));
    }

    private static async Task StartAsync(HttpContext context, Verb verb, ServerParts parts)
    {
        var values = await BodyAsync(context);
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > 200)
            throw new LockkeeperException(ServerErrors.BadRequest, "the idempotency key is longer than 200 characters", "A random UUID does.");
        var job = await VerbRequest.StartAsync(parts, Guard.CallerOf(context), verb, values, key.Length == 0 ? null : key, context.RequestAborted);
        if (Wait(context) is { } limit)
            job = await parts.Jobs.WaitAsync(job, limit, context.RequestAborted);
        var isOver = job.IsOver;
        context.Response.Headers.Location = $"{Prefix}jobs/{job.Id}";
        await Answers.JsonAsync(context, JobApi.Json(job), isOver ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static TimeSpan? Wait(HttpContext context)
    {
        if (!context.Request.Query.TryGetValue("wait", out var text))
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LongestWait.TotalSeconds)
            throw new LockkeeperException(ServerErrors.BadRequest, $"'{text}' is not a number of seconds to wait", $"Give 0 to {LongestWait.TotalSeconds}.");
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>A JSON object of texts, numbers and truth values.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> BodyAsync(HttpContext context)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (context.Request.ContentLength is 0 or null && !context.Request.Headers.ContainsKey("Transfer-Encoding"))
            return values;
        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new LockkeeperException(ServerErrors.BadRequest, "the body is not JSON", "Send a JSON object with Content-Type: application/json.");
        using var body = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 4 }, context.RequestAborted);
        if (body.RootElement.ValueKind != JsonValueKind.Object)
            throw new LockkeeperException(ServerErrors.BadRequest, "the body is not a JSON object", "Send the parameters as members of an object.");
        foreach (var member in body.RootElement.EnumerateObject())
        {
            values[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => throw new LockkeeperException(ServerErrors.BadRequest, $"'{member.Name}' is neither a text nor a number nor true or false", "Leave a parameter out instead of sending null."),
            };
        }

        return values;
    }
}
