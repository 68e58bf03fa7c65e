using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Schedules;

/// <summary>The schedules of a project: those of <c>server: schedules:</c>, and those of backups and drills that the server runs.</summary>
internal static class DeclaredSchedules
{
    /// <summary>Decisions that a person takes and no schedule.</summary>
    private static readonly string[] ofPeople = ["approve", "proposal run", "proposal refuse"];

    /// <summary>All of them.</summary>
    /// <param name="workspace">The project.</param>
    /// <exception cref="LockkeeperException">The configuration is not valid, or two have one name (LK7016).</exception>
    public static IReadOnlyList<Schedule> Of(Workspace workspace)
    {
        var all = workspace.Config.Server.Schedules.Select(one => new Schedule(one.Name, one.Verb, one.With, one.Cron, one.Zone, one.Missed, ConfigReader.FileName)).ToList();
        foreach (var cluster in ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include))
        {
            if (cluster.Backup?.Value is { } policy)
                all.AddRange(OfBackups(cluster, policy));
        }

        var twice = all.GroupBy(one => one.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? all : throw new LockkeeperException(ServerErrors.BadSchedule, $"two schedules are called '{twice.Key}'", "Give one of them another name; backups and drills of clusters are called backup-CLUSTER-KIND and drill-CLUSTER.");
    }

    /// <summary>What is wrong with one; null for nothing.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="parts">The server.</param>
    public static LockkeeperException? Problem(Schedule schedule, ServerParts parts)
    {
        if (!parts.Verbs.TryGetValue(schedule.Verb, out var verb) || ofPeople.Contains(verb.Path, StringComparer.Ordinal))
            return Bad(schedule, $"the server does not call '{schedule.Verb}' at times", verb is null ? "Name one of the verbs of /api/v1/openapi.json." : "That is a person's decision.");
        var open = VerbRights.ParametersOf(verb).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        if (schedule.Values.Keys.FirstOrDefault(name => !open.Contains(name)) is { } other)
            return Bad(schedule, $"'{verb.Path}' takes no '{other}' here", $"It takes {string.Join(", ", open.Order(StringComparer.Ordinal))}.");
        try
        {
            using var workspace = parts.WorkspaceOf(schedule.Actor, new SilentProgress());
            _ = new VerbCall(verb, schedule.Values, workspace);
            return schedule.Next(parts.Clock.GetUtcNow()) is null ? Bad(schedule, $"'{schedule.Cron}' never comes", "Write minute, hour, day of the month, month and day of the week.") : null;
        }
        catch (LockkeeperException e)
        {
            return Bad(schedule, e.Message, e.Hint);
        }
        catch (FormatException e)
        {
            return Bad(schedule, $"'{schedule.Cron}' cannot be read: {e.Message}", "Write minute, hour, day of the month, month and day of the week.");
        }
    }

    private static LockkeeperException Bad(Schedule schedule, string message, string? hint) => new(ServerErrors.BadSchedule, $"the schedule {schedule.Name} in {schedule.File}: {message}", hint);

    private static IEnumerable<Schedule> OfBackups(ClusterConfig cluster, BackupConfig policy)
    {
        var times = policy.Schedule;
        if (times.ByServer)
        {
            foreach (var (cron, kind) in new[] { (times.Full, "full"), (times.Differential, "differential"), (times.Incremental, "incremental") })
            {
                if (cron is not null)
                    yield return new Schedule($"backup-{cluster.Name}-{kind}", "backup take", new Dictionary<string, string> { ["cluster"] = cluster.Name, ["type"] = kind }, cron, times.Zone, MissedRuns.Run, cluster.File);
            }
        }

        if (policy.Drill.Cron is { } drill)
            yield return new Schedule($"drill-{cluster.Name}", "backup drill", new Dictionary<string, string> { ["cluster"] = cluster.Name }, drill, times.Zone, MissedRuns.Run, cluster.File);
    }
}
