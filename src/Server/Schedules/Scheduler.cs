using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Schedules;

/// <summary>Makes a job of each time of a schedule that comes. Every server does so; each time is taken once.</summary>
/// <param name="parts">The server.</param>
internal sealed class Scheduler(ServerParts parts)
{
    /// <summary>How often is looked whether the declarations have changed.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>A run that begins so long after its time is late: no server ran, or none could reach the state.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    /// <summary>Who took a time makes its job at once; after so long it is not going to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HashSet<string> said = new(StringComparer.Ordinal);

    /// <summary>Watches until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var next = await LookAsync(cancel);
                var wait = next - parts.Clock.GetUtcNow();
                await Task.Delay(wait < TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : wait > Longest ? Longest : wait, parts.Clock, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>Makes what is due; gives the next time of all.</summary>
    private async Task<DateTimeOffset> LookAsync(CancellationToken cancel)
    {
        var now = parts.Clock.GetUtcNow();
        var next = now + Longest;
        try
        {
            using var workspace = parts.WorkspaceOf("schedules", new SilentProgress());
            foreach (var schedule in DeclaredSchedules.Of(workspace))
            {
                if (DeclaredSchedules.Problem(schedule, parts) is { } problem)
                {
                    Say(problem);
                    continue;
                }

                await LookAsync(schedule, now, cancel);
                if (schedule.Next(now) is { } time && time < next)
                    next = time;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The configuration is being edited, or the state is away: the next look finds what has become due.
            Say(e as LockkeeperException ?? VerbRun.Unexpected(e));
        }

        return next;
    }

    private async Task LookAsync(Schedule schedule, DateTimeOffset now, CancellationToken cancel)
    {
        if (parts.Schedules.Find(schedule.Name) is not { } mark)
        {
            parts.Schedules.Replace(schedule.Name, null, new ScheduleMark(now));
            return;
        }

        if (schedule.Due(mark.Due ?? mark.Since, now) is { } due)
            await TakeAsync(schedule, mark, due, now, cancel);
        else if (mark is { IsMade: false, Job: { } id, TakenAt: { } taken } && now - taken > Patience)
            Make(schedule, mark, id);
    }

    /// <summary>Takes a time: whoever writes the mark has it.</summary>
    private async Task TakeAsync(Schedule schedule, ScheduleMark mark, DateTimeOffset due, DateTimeOffset now, CancellationToken cancel)
    {
        var late = now - due > Late ? $"late by {Durations.Words(TimeSpan.FromSeconds(Math.Floor((now - due).TotalSeconds)))}" : null;
        var isRunning = mark.Job is { } before && parts.Jobs.Store.Find(before) is { IsOver: false };
        var skipped = isRunning ? "left out: the run before had not ended" : late is not null && schedule.Missed == MissedRuns.Skip ? $"left out: {late}" : null;
        var wanted = skipped is not null
            ? mark with { Due = due, Note = skipped }
            : mark with { Due = due, Note = late, TakenAt = now, IsMade = false, Job = parts.Jobs.NextId() };
        if (parts.Schedules.Replace(schedule.Name, mark, wanted) is not { } mine)
            return;
        var body = new JsonObject { ["schedule"] = schedule.Name, ["due"] = due.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), ["verb"] = schedule.Verb, ["server"] = parts.Jobs.Node };
        if (mine.Note is { } note)
            body["note"] = note;
        if (skipped is null)
        {
            body["job"] = mine.Job;
            Make(schedule, mine, mine.Job!);
        }

        await parts.RecordAsync(skipped is null ? "server.scheduled" : "server.schedule_left_out", schedule.Actor, Text(body), cancel);
    }

    private void Make(Schedule schedule, ScheduleMark mark, string id)
    {
        parts.Jobs.Start(schedule.Verb, schedule.Values, schedule.Actor, key: null, id);
        parts.Schedules.Replace(schedule.Name, mark, mark with { IsMade = true });
    }

    private static string Text(JsonObject body)
    {
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream))
            body.WriteTo(json);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Each problem once: the look comes again every few seconds.</summary>
    private void Say(LockkeeperException problem)
    {
        if (said.Add(problem.Message))
            parts.Home.Progress.Say($"warning: {problem.Code.Id}: {problem.Message}{(problem.Hint is { } hint ? $" ({hint})" : "")}");
    }
}
