using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Server.Api;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>What runs and what has run, and one of them with what it says while it runs.</summary>
internal static class JobsPage
{
    private const int Shown = 100;

    public static Task<Html> ListAsync(HttpContext context, ServerParts parts)
    {
        var jobs = parts.Jobs.Store.Newest(JobStore.Kept).Where(job => JobApi.MaySee(context, job, parts)).Take(Shown).ToList();
        return Task.FromResult(jobs.Count == 0
            ? Html.Of($"<p class=\"muted\">Nothing has run yet. What is started here or over the API stands here; what ran at a command line stands in the <a href=\"/ledger\">ledger</a>.</p>")
            : Html.Of($"""
                <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">Took</th></tr></thead>
                <tbody>{jobs.Select(job => Html.Of($"<tr><th scope=\"row\"><a href=\"/jobs/{job.Id}\">{job.Id}</a></th><td>{Pill(job)}</td><td>{Words(job)}</td><td>{job.Actor}</td><td>{Took(job)}</td></tr>"))}</tbody></table></div>
                """));
    }

    public static Task<Html> ShowAsync(HttpContext context, ServerParts parts)
    {
        var job = JobApi.Find(context, parts);
        var isOver = job.IsOver;
        var caller = Guard.CallerOf(context);
        return Task.FromResult(Html.Of($"""
            <p>{Pill(job)} <b>{Words(job)}</b> <span class="muted">called by {job.Actor} at {Time(job.AskedAt)}{(job.EndedAt is null ? "" : $", took {Took(job)}")}{(job is { IsOver: false, Node: { } node } && parts.Jobs.Store.IsShared ? $", at {node}" : "")}{(job.Attempt > 1 ? $", begun {job.Attempt} times since servers were gone" : "")}</span></p>
            {(isOver
                ? Html.Of($"""
                    {Html.If(job.State == JobState.Interrupted, () => Html.Of($"<div class=\"problem\" role=\"alert\"><p>The server stopped while this ran. Call the same again: what was done stands in the target's history, and the rest is finished or undone.</p></div>"))}
                    {new Html(job.Page ?? "")}
                    {Html.If(job.Lines.Count > 0, () => Html.Of($"<h2>What it said</h2><ol class=\"lines card\">{Lines(job.Lines)}</ol>"))}
                    """)
                : Html.Of($"""
                    <div data-events="{ApiRoutes.Prefix}jobs/{job.Id}/events"><p class="strong" data-now aria-live="polite">It runs; load this page again to see how far it is.</p>
                    {BlockingPart.Of(parts.Jobs.BlockedBy(job))}
                    <ol class="lines card" data-lines>{Lines(parts.Jobs.LinesOf(job))}</ol></div>
                    <form method="post" action="/jobs/{job.Id}/stop" data-ask="Stop this job? It ends where the next call can go on.">{Layout.ForgeryField(caller)}<button class="danger">Stop it</button></form>
                    """))}
            """));
    }

    /// <summary>Asks a job to stop.</summary>
    public static async Task StopAsync(HttpContext context, ServerParts parts)
    {
        var job = JobApi.Find(context, parts);
        await VerbRequest.StopAsync(parts, Guard.CallerOf(context), job, context.RequestAborted);
        await Answers.GoAsync(context, $"/jobs/{job.Id}");
    }

    private static IEnumerable<Html> Lines(IReadOnlyList<string> lines) => lines.Select(line => Html.Of($"<li>{line}</li>"));

    /// <summary>What was called, as one would write it.</summary>
    public static string Words(Job job) => string.Join(' ', [job.Verb, .. job.Values.Select(pair => pair.Value == "true" ? $"--{pair.Key}" : $"--{pair.Key} {pair.Value}")]);

    /// <summary>The state in a word.</summary>
    public static Html Pill(Job job)
    {
        var (word, tone) = (job.State, job.Exit) switch
        {
            (JobState.Waiting, _) => ("waits", ""), (JobState.Running, _) => ("runs", "warning"), (JobState.Interrupted, _) => ("interrupted", "bad"),
            (_, 0) => ("done", "good"), (_, 1) => ("done, with findings", "warning"), (_, 5) => ("refused", "warning"), (_, 4) => ("partly applied", "bad"), _ => ("failed", "bad"),
        };
        return Html.Of($"<span class=\"pill {tone}\">{word}</span>");
    }

    private static string Took(Job job) => job is { StartedAt: { } started, EndedAt: { } ended } ? Durations.Words(TimeSpan.FromMilliseconds(Math.Ceiling((ended - started).TotalMilliseconds))) : "";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
