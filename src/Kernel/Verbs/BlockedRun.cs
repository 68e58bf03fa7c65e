namespace Lockkeeper.Kernel.Verbs;

/// <summary>Who keeps a run from a lock that it needs now, and who waits behind it.</summary>
/// <param name="At">When that was seen.</param>
/// <param name="Sessions">The sessions, each below those that it waits for.</param>
/// <param name="Waiting">How many wait behind the run, also those that are not among the sessions.</param>
public sealed record BlockedRun(DateTimeOffset At, IReadOnlyList<BlockedRunSession> Sessions, int Waiting);

/// <summary>A session of a blocking tree.</summary>
/// <param name="Depth">How deep it stands; 0 for one that waits for nobody.</param>
/// <param name="IsRun">Whether it is the run itself.</param>
/// <param name="Pid">Its process at the server; 0 for a prepared transaction, which has none.</param>
/// <param name="Who">Its role, and its application in brackets.</param>
/// <param name="What">What it does in the tree, a phrase such as <c>idle in transaction, has ACCESS SHARE on orders</c>.</param>
/// <param name="Since">When its transaction, or its wait, began; null when that may not be seen.</param>
/// <param name="Query">What it runs or ran last: one line, shortened, without what follows a word for a secret; empty when it may not be seen.</param>
public sealed record BlockedRunSession(int Depth, bool IsRun, int Pid, string Who, string What, DateTimeOffset? Since, string Query);
