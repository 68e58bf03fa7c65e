using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Makes the blocking tree of a run out of what was seen; pure functions.</summary>
internal static class BlockingOf
{
    /// <summary>The tree around a migration that waits for a lock, or that others wait for.</summary>
    /// <param name="sample">What was seen.</param>
    /// <param name="backend">The migration's backend.</param>
    /// <param name="now">When.</param>
    /// <param name="since">Since when the migration has met it.</param>
    public static BlockedRun Sample(LockSample sample, int backend, DateTimeOffset now, DateTimeOffset since)
    {
        // The farthest are the roots: one that the run waits for, and that others wait for which the run waits for too, stands before those.
        var distances = sample.Ahead.ToDictionary(one => one.Blocker.Pid, one => one.Distance);
        var farthest = sample.Blockers.Count == 0 ? 0 : distances.Values.Append(1).Max();
        var wanted = sample.Wanted ?? "what it wants";
        return new BlockedRun(now,
        [
            .. sample.Blockers.Select(blocker => (Blocker: blocker, Has: blocker.Has(wanted))).Concat(sample.Ahead.Where(one => sample.Blockers.All(blocker => blocker.Pid != one.Blocker.Pid)).Select(one => (one.Blocker, Has: "")))
                .OrderByDescending(one => Distance(one.Blocker)).ThenBy(one => one.Blocker.Pid).Select(one => Row(one.Blocker, farthest - Distance(one.Blocker), now, one.Has)),
            new BlockedRunSession(farthest, IsRun: true, backend, "this run", sample.Wanted is { } lockName ? $"waits for {lockName}" : "has what others wait for", sample.Wanted is null ? null : since, ShownQuery.Of(sample.Query ?? "")),
            .. sample.Stalled.Select(session => new BlockedRunSession(farthest + 1, IsRun: false, session.Pid, Who(session.Role, session.Application), "waits behind it", now - session.Waited, ShownQuery.Of(session.Query))),
        ], sample.Waiting);

        int Distance(Blocker blocker) => distances.GetValueOrDefault(blocker.Pid, 1);
    }

    /// <summary>The tree before a migration that does not ask for its locks yet, so that nobody waits behind it.</summary>
    public static BlockedRun Obstacles(IReadOnlyList<Obstacle> obstacles, DateTimeOffset now, DateTimeOffset since) => new(now,
    [
        .. obstacles.Select(obstacle => Row(obstacle.Blocker, 0, now, obstacle.Relation is { } relation ? obstacle.Blocker.Has(relation) : "has a snapshot")),
        new BlockedRunSession(1, IsRun: true, 0, "this run", "waits before it asks for any lock", since, ""),
    ], 0);

    private static BlockedRunSession Row(Blocker blocker, int depth, DateTimeOffset now, string has) => new(
        depth, IsRun: false, blocker.Pid, blocker.Pid == 0 ? $"the prepared transaction '{blocker.Application}' of {blocker.Role}" : Who(blocker.Role, blocker.Application),
        string.Join(", ", new[] { blocker.State, has }.Where(words => words.Length > 0)), now - blocker.Open, ShownQuery.Of(blocker.Query));

    private static string Who(string role, string application) => application.Length > 0 ? $"{role} ({application})" : role;
}
