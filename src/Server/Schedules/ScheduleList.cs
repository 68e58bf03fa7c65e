using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Schedules;

/// <summary>A schedule as it stands: what was, and what comes.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Next">The next time; null when it does not run.</param>
/// <param name="Mark">How far it has come; null when it has not been seen.</param>
/// <param name="Last">Its last job; null for none.</param>
/// <param name="Problem">Why it does not run; null when it does.</param>
internal sealed record ScheduleState(Schedule Schedule, DateTimeOffset? Next, ScheduleMark? Mark, Job? Last, LockkeeperException? Problem);

/// <summary>Reads how the schedules stand.</summary>
internal static class ScheduleList
{
    /// <summary>All of them, in the order of their declaration.</summary>
    public static IReadOnlyList<ScheduleState> Of(ServerParts parts)
    {
        using var workspace = parts.WorkspaceOf("schedules", new SilentProgress());
        return [.. DeclaredSchedules.Of(workspace).Select(schedule =>
        {
            var problem = DeclaredSchedules.Problem(schedule, parts);
            var mark = parts.Schedules.Find(schedule.Name);
            return new ScheduleState(schedule, problem is null ? schedule.Next(parts.Clock.GetUtcNow()) : null, mark, mark?.Job is { } id ? parts.Jobs.Store.Find(id) : null, problem);
        })];
    }
}
