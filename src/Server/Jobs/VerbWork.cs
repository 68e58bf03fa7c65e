using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Portal;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Jobs;

/// <summary>Runs a verb for somebody, as the command line would.</summary>
internal static class VerbWork
{
    /// <inheritdoc cref="Surroundings.RunAsync"/>
    public static Task<(Report? Report, LockkeeperException? Error)> RunAsync(ServerParts parts, Verb verb, IReadOnlyDictionary<string, string> values, string actor, IProgressSink progress, CancellationToken cancel) =>
        parts.Surroundings.RunAsync(verb, values, actor, progress, cancel);

    /// <summary>Runs a job's verb. What does more than read stands in the ledger before it begins.</summary>
    public static async Task<JobAnswer> RunAsync(ServerParts parts, Job job, IProgressSink progress, CancellationToken cancel)
    {
        var verb = parts.Verbs[job.Verb];
        try
        {
            if (verb.Effect != VerbEffect.Reads)
                await parts.RecordAsync("server.called", job.Actor, Body(job), cancel);
        }
        catch (LockkeeperException e)
        {
            return Answer(parts, job.Verb, null, e);
        }

        var (report, error) = job is { Attempt: > 1, Verb: "backup take" }
            ? await BackupAgain.RunAsync(parts, job, progress, cancel)
            : await RunAsync(parts, verb, job.Values, job.Actor, progress, cancel);
        if (verb.Effect == VerbEffect.Changes || FleetDrift.LookingVerbs.Contains(verb.Path, StringComparer.Ordinal))
            parts.Fleet.Forget();
        return Answer(parts, job.Verb, report, error);
    }

    /// <summary>An answer for programs and for people.</summary>
    public static JobAnswer Answer(ServerParts parts, string verb, Report? report, LockkeeperException? error)
    {
        var json = report is not null ? JsonAnswer.Of(verb, report, parts.Redactor) : JsonAnswer.Of(verb, error!, parts.Redactor);
        var page = Html.Of($"{(report is null ? Html.None : ReportHtml.Of(report.Text, parts.Redactor))}{(error is null ? Html.None : ReportHtml.Of(error, parts.Redactor))}");
        return new JobAnswer((int)(report?.Exit ?? error!.Exit), json, page.Text);
    }

    private static string Body(Job job)
    {
        var values = new JsonObject();
        foreach (var (name, value) in job.Values)
            values[name] = value;
        return new JsonObject { ["verb"] = job.Verb, ["values"] = values, ["job"] = job.Id }.ToJsonString(new JsonSerializerOptions { TypeInfoResolver = JobJson.Default });
    }
}
