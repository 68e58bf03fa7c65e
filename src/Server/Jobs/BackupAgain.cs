using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Portal.Pages;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Jobs;

/// <summary>A backup whose server died. The program that takes it may have gone on by itself: it is waited for, and what it has finished is not taken twice.</summary>
internal static class BackupAgain
{
    /// <summary>How often is looked whether the program of before is still at work.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    /// <summary>The code of a cluster whose backup, restore or expiry is at work.</summary>
    private const string Busy = "LK5005";

    /// <summary>Takes what is missing.</summary>
    /// <param name="parts">The server.</param>
    /// <param name="job">The job.</param>
    /// <param name="progress">Where it says what it is doing.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<(Report? Report, LockkeeperException? Error)> RunAsync(ServerParts parts, Job job, IProgressSink progress, CancellationToken cancel)
    {
        var verb = parts.Verbs[job.Verb];
        var isSaid = false;
        while (true)
        {
            var missing = await MissingAsync(parts, job, cancel);
            var last = (Report: (Report?)null, Error: (LockkeeperException?)null);
            if (missing is [])
            {
                progress.Say("the backup that was begun is complete; its tables were not counted, so drills compare with those of the backup before");
                return await VerbWork.RunAsync(parts, parts.Verbs["backup list"], new Dictionary<string, string> { ["cluster"] = job.Values.GetValueOrDefault("cluster") ?? "" }.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal), job.Actor, progress, cancel);
            }

            foreach (var repository in missing ?? [null])
            {
                var values = repository is null ? job.Values : new Dictionary<string, string>(job.Values, StringComparer.Ordinal) { ["repository"] = repository };
                last = await VerbWork.RunAsync(parts, verb, values, job.Actor, progress, cancel);
                if (last.Error is not null)
                    break;
            }

            if (last.Error?.Code.Id != Busy || cancel.IsCancellationRequested)
                return last;
            if (!isSaid)
                progress.Say("the program that took the backup is still at work; it is waited for");
            isSaid = true;
            await Task.Delay(Look, parts.Clock, cancel);
        }
    }

    /// <summary>The repositories that have no set which was begun since the job was; null for what cannot be told, which is all of them.</summary>
    private static async Task<IReadOnlyList<string?>?> MissingAsync(ServerParts parts, Job job, CancellationToken cancel)
    {
        var asked = job.Values.Where(pair => pair.Key == "cluster").ToDictionary(StringComparer.Ordinal);
        var (report, _) = await VerbWork.RunAsync(parts, parts.Verbs["backup list"], asked, job.Actor, new SilentProgress(), cancel);
        if (report is null || VerbData.JsonOf(report)?["repositories"] is not JsonArray repositories || job.StartedAt is not { } started)
            return null;
        // The program notes whole seconds.
        var since = DateTimeOffset.FromUnixTimeSeconds(started.ToUnixTimeSeconds());
        var wanted = repositories.Where(one => job.Values.GetValueOrDefault("repository") is not { } number || $"{one!["number"]}" == number).ToList();
        var missing = wanted.Where(one => !one!["sets"]!.AsArray().Any(set => (DateTimeOffset)set!["started"]! >= since)).Select(one => (string?)$"{one!["number"]}").ToList();
        return missing.Count == wanted.Count ? null : missing;
    }
}
