namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>A session that waits for a lock or is in the way of one that does.</summary>
/// <param name="Pid">Its process; 0 for a prepared transaction, which has none.</param>
/// <param name="Database">Its database.</param>
/// <param name="User">Its role.</param>
/// <param name="Application">Its application_name.</param>
/// <param name="State">Its state.</param>
/// <param name="TransactionSeconds">Age of its transaction.</param>
/// <param name="StateSeconds">For how long it has been in its state; of one that waits, for how long its statement has run.</param>
/// <param name="Blockers">Those that it waits for; empty for one that does not wait.</param>
/// <param name="Query">The beginning of its statement.</param>
internal sealed record BlockingSession(int Pid, string Database, string User, string Application, string State, double TransactionSeconds, double StateSeconds, IReadOnlyList<int> Blockers, string Query);

/// <summary>A session that others wait for and that waits for nobody.</summary>
/// <param name="Session">The session.</param>
/// <param name="Victims">How many wait behind it, at once or further back.</param>
internal sealed record BlockingRoot(BlockingSession Session, int Victims);

/// <summary>Who waits behind whom.</summary>
/// <param name="Waiting">How many wait.</param>
/// <param name="LongestWait">The longest of them, in seconds.</param>
/// <param name="Depth">How many stand behind one another at most.</param>
/// <param name="Roots">Those that hold up the others, the worst first.</param>
internal sealed record BlockingTree(int Waiting, double LongestWait, int Depth, IReadOnlyList<BlockingRoot> Roots)
{
    /// <summary>The tree of sessions that were read one after the other, so that a blocker may be gone already. A ring, which is a deadlock that the server has not found yet, has no root.</summary>
    public static BlockingTree Of(IReadOnlyList<BlockingSession> sessions)
    {
        var byPid = sessions.DistinctBy(session => session.Pid).ToDictionary(session => session.Pid);
        var waiting = sessions.Where(session => session.Blockers.Count > 0).ToList();
        if (waiting.Any(session => session.Blockers.Contains(0)))
            byPid.TryAdd(0, new BlockingSession(0, "", "", "prepared transaction", "prepared", 0, 0, [], ""));
        var behind = new Dictionary<int, HashSet<int>>();
        var deepest = 0;
        foreach (var victim in waiting)
        {
            // Breadth first from the victim to the roots: the number of rounds is how deep it stands.
            var (seen, front, rounds) = (new HashSet<int> { victim.Pid }, victim.Blockers.ToList(), 0);
            for (; front.Count > 0; rounds++)
            {
                var next = new List<int>();
                foreach (var pid in front.Where(seen.Add))
                {
                    if (byPid.TryGetValue(pid, out var blocker) && blocker.Blockers.Count > 0)
                        next.AddRange(blocker.Blockers);
                    else if (blocker is not null)
                        (behind.TryGetValue(pid, out var victims) ? victims : behind[pid] = []).Add(victim.Pid);
                }

                front = [.. next.Where(pid => !seen.Contains(pid))];
            }

            deepest = Math.Max(deepest, rounds);
        }

        var roots = behind.Select(root => new BlockingRoot(byPid[root.Key], root.Value.Count)).OrderByDescending(root => root.Victims).ThenBy(root => root.Session.Pid).ToList();
        return new BlockingTree(waiting.Count, waiting.Count == 0 ? 0 : waiting.Max(session => session.StateSeconds), deepest, roots);
    }
}
