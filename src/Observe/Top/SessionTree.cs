namespace Lockkeeper.Observe.Top;

/// <summary>A session in the blocking tree.</summary>
/// <param name="Session">The session.</param>
/// <param name="Depth">How many stand between it and a root.</param>
/// <param name="Behind">How many wait behind it, at once or further back.</param>
internal sealed record BlockedRow(TopSession Session, int Depth, int Behind);

/// <summary>Who waits behind whom: each below one that it waits for, the worst root first.</summary>
internal static class SessionTree
{
    public static IReadOnlyList<BlockedRow> Of(IReadOnlyList<TopSession> sessions)
    {
        var byPid = sessions.DistinctBy(session => session.Pid).ToDictionary(session => session.Pid);
        var waiting = byPid.Values.Where(session => session.Blockers.Count > 0).ToList();
        foreach (var pid in waiting.SelectMany(session => session.Blockers).Distinct().Where(pid => !byPid.ContainsKey(pid)).ToList())
            byPid[pid] = Unknown(pid);
        var behind = waiting.SelectMany(session => session.Blockers.Distinct().Select(blocker => (blocker, session))).ToLookup(pair => pair.blocker, pair => pair.session);
        var rows = new List<BlockedRow>();
        var placed = new HashSet<int>();
        foreach (var root in byPid.Values.Where(session => session.Blockers.Count == 0 && behind.Contains(session.Pid)).OrderByDescending(root => Behind(root.Pid)).ThenBy(root => root.Pid))
            Place(root, 0);
        // A ring, which is a deadlock that the server has not found yet, has no root.
        foreach (var session in waiting.OrderBy(session => session.Pid))
            Place(session, 0);
        return rows;

        void Place(TopSession session, int depth)
        {
            if (!placed.Add(session.Pid))
                return;
            rows.Add(new BlockedRow(session, depth, Behind(session.Pid)));
            foreach (var victim in behind[session.Pid].OrderByDescending(victim => Behind(victim.Pid)).ThenByDescending(victim => victim.StatementSeconds).ThenBy(victim => victim.Pid))
                Place(victim, depth + 1);
        }

        int Behind(int pid)
        {
            var (seen, front) = (new HashSet<int> { pid }, new Queue<int>([pid]));
            while (front.TryDequeue(out var next))
            {
                foreach (var victim in behind[next].Where(victim => seen.Add(victim.Pid)))
                    front.Enqueue(victim.Pid);
            }

            return seen.Count - 1;
        }
    }

    /// <summary>One that has ended since, or a prepared transaction, which has no process.</summary>
    private static TopSession Unknown(int pid) => new(pid, default) { State = pid == 0 ? "prepared transaction" : "gone" };
}
