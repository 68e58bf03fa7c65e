using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lockkeeper.Server.Api;

/// <summary>Jobs over HTTP: lists, answers, events while they run, and the wish that they stop.</summary>
internal static class JobApi
{
    private static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A silent stream is cut by proxies; a comment keeps it open.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <summary>A job as JSON.</summary>
    public static string Json(Job job) => Write(json => Write(json, job));

    /// <summary>The newest jobs, a page at a time: <c>?limit=50&amp;before=ID</c>.</summary>
    public static Task ListAsync(HttpContext context, ServerParts parts)
    {
        var query = context.Request.Query;
        if (!int.TryParse(query.TryGetValue("limit", out var text) ? text.ToString() : "50", NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > 200)
            throw new LockkeeperException(ServerErrors.BadRequest, "limit is not a number from 1 to 200", "Leave it out for 50.");
        var before = query["before"].ToString();
        var jobs = parts.Jobs.Store.Newest(JobStore.Kept).Where(job => MaySee(context, job, parts) && (before.Length == 0 || string.CompareOrdinal(job.Id, before) < 0)).Take(limit + 1).ToList();
        return Answers.JsonAsync(context, Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("jobs");
            foreach (var job in jobs.Take(limit))
                Write(json, job with { Answer = null, Lines = [] });
            json.WriteEndArray();
            json.WriteString("next", jobs.Count > limit ? $"{ApiRoutes.Prefix}jobs?limit={limit}&before={jobs[limit - 1].Id}" : null);
            json.WriteEndObject();
        }));
    }

    /// <summary>One job with its answer.</summary>
    public static Task ShowAsync(HttpContext context, ServerParts parts) => Answers.JsonAsync(context, Json(Find(context, parts)));

    /// <summary>Asks a job to stop; it ends where the next call can go on.</summary>
    public static async Task StopAsync(HttpContext context, ServerParts parts)
    {
        var job = Find(context, parts);
        await VerbRequest.StopAsync(parts, Guard.CallerOf(context), job, context.RequestAborted);
        await Answers.JsonAsync(context, Json(job), StatusCodes.Status202Accepted);
    }

    /// <summary>What it says, as server-sent events: <c>line</c>, <c>now</c>, <c>blocking</c> and <c>end</c>. The id of an event is the number of lines so far, so that a client that lost the connection goes on from there.</summary>
    public static async Task EventsAsync(HttpContext context, ServerParts parts)
    {
        var job = Find(context, parts);
        var cancel = context.RequestAborted;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        _ = int.TryParse(context.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        string? shown = null;
        IReadOnlyList<BlockedTarget> blocked = [];
        if (parts.Jobs.Running(job.Id) is { } running)
        {
            for (JobLook? look = null; look is not { HasEnded: true };)
            {
                using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                beat.CancelAfter(Beat);
                try
                {
                    look = await running.WatchAsync(seen, shown, blocked, beat.Token);
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(": still there\n\n", cancel);
                    continue;
                }

                var text = new StringBuilder();
                foreach (var line in look.Lines)
                    Event(text, "line", line, ++seen);
                if (look.Now != shown)
                    Event(text, "now", shown = look.Now, seen);
                if (!ReferenceEquals(look.Blocked, blocked) && look.Blocked.Count + blocked.Count > 0)
                    Event(text, "blocking", Json(look.Blocked), seen);
                blocked = look.Blocked;
                await context.Response.WriteAsync(text.ToString(), cancel);
                await context.Response.Body.FlushAsync(cancel);
            }
        }

        await ElsewhereAsync(context, job, parts, seen, cancel);
    }

    /// <summary>What a job says that runs at another server, or has ended: the state is asked for it again and again.</summary>
    private static async Task ElsewhereAsync(HttpContext context, Job watched, ServerParts parts, int seen, CancellationToken cancel)
    {
        var (id, node, shown, blocked, isFirst, last) = (watched.Id, watched.Node, (string?)null, "[]", true, parts.Clock.GetTimestamp());
        while (parts.Jobs.Store.Find(id) is { IsOver: false })
        {
            var progress = parts.Jobs.Store.Progress(id);
            var text = new StringBuilder();
            if (progress.Node is { } other && other != node)
                (node, seen) = (other, 0);
            seen = Math.Max(seen, progress.First);
            foreach (var line in progress.Lines.Skip(seen - progress.First))
                Event(text, "line", line, ++seen);
            if (progress.Now != shown)
                Event(text, "now", shown = progress.Now, seen);
            if (Json(progress.Blocked) is var tree && tree != blocked)
                Event(text, "blocking", blocked = tree, seen);
            if (text.Length == 0 && (isFirst || parts.Clock.GetElapsedTime(last) > Beat))
                text.Append(": still there\n\n");
            isFirst = false;
            if (text.Length > 0)
            {
                last = parts.Clock.GetTimestamp();
                await context.Response.WriteAsync(text.ToString(), cancel);
                await context.Response.Body.FlushAsync(cancel);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(700), parts.Clock, cancel);
        }

        var job = parts.Jobs.Store.Find(id);
        if (job?.Node != node)
            seen = 0;
        var end = new StringBuilder();
        foreach (var line in job?.Lines.Skip(seen) ?? [])
            Event(end, "line", line, ++seen);
        Event(end, "end", $"{job?.Exit}", seen);
        await context.Response.WriteAsync(end.ToString(), cancel);
    }

    /// <summary>The job that the address names, if the caller may see it.</summary>
    public static Job Find(HttpContext context, ServerParts parts) =>
        context.GetRouteValue("id") is string id && parts.Jobs.Store.Find(id) is { } job && MaySee(context, job, parts) ? job : throw WebServer.NoSuchPlace();

    /// <summary>One's own, and those that one may look at.</summary>
    public static bool MaySee(HttpContext context, Job job, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        if (caller.Name == job.Actor)
            return true;
        // An answer shows no more than the verbs that read do.
        return caller.May(Role.Viewer, job.Values.GetValueOrDefault("env"), job.Values.GetValueOrDefault("database"));
    }

    private static string Json(IReadOnlyList<BlockedTarget> blocked) => JsonSerializer.Serialize(blocked, JobJson.Default.IReadOnlyListBlockedTarget);

    private static void Event(StringBuilder text, string name, string? data, int id)
    {
        text.Append(CultureInfo.InvariantCulture, $"id: {id}\nevent: {name}\n");
        foreach (var line in (data ?? "").Split('\n'))
            text.Append("data: ").Append(line.TrimEnd('\r')).Append('\n');
        text.Append('\n');
    }

    private static void Write(Utf8JsonWriter json, Job job)
    {
        json.WriteStartObject();
        json.WriteString("id", job.Id);
        json.WriteString("verb", job.Verb);
        json.WriteStartObject("values");
        foreach (var (name, value) in job.Values)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteString("actor", job.Actor);
        json.WriteString("state", job.State.ToString().ToLowerInvariant());
        json.WriteString("node", job.Node);
        json.WriteNumber("attempt", job.Attempt);
        json.WriteString("asked_at", job.AskedAt);
        Time(json, "started_at", job.StartedAt);
        Time(json, "ended_at", job.EndedAt);
        if (job.Exit is { } exit)
            json.WriteNumber("exit", exit);
        json.WriteStartArray("lines");
        foreach (var line in job.Lines)
            json.WriteStringValue(line);
        json.WriteEndArray();
        json.WritePropertyName("answer");
        if (job.Answer is { } answer)
            json.WriteRawValue(answer);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            json.WriteString(name, known);
        else
            json.WriteNull(name);
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, options))
            members(json);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
