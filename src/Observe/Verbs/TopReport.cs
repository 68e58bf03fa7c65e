using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.Verbs;

/// <summary>What <c>lk observe top</c> answers: a server at one moment.</summary>
/// <param name="Target">The target.</param>
/// <param name="At">The moment.</param>
/// <param name="Version">The server's version.</param>
/// <param name="Standby">Whether it is in recovery.</param>
/// <param name="MaxConnections">How many sessions it takes.</param>
/// <param name="Sessions">The sessions.</param>
/// <param name="Blocking">Who waits behind whom: each behind one that it waits for.</param>
/// <param name="Queries">What statements cost since the reading before.</param>
/// <param name="QueriesMissing">Why there are none; empty when there are.</param>
/// <param name="LagSeconds">How far a standby is behind; null on a primary.</param>
/// <param name="Standbys">Who streams WAL from here.</param>
/// <param name="Slots">Replication slots.</param>
/// <param name="Pools">The pools of a pooler; null where none is known.</param>
internal sealed record TopReport(
    string Target, DateTimeOffset At, string Version, bool Standby, int MaxConnections, IReadOnlyList<TopSession> Sessions, IReadOnlyList<BlockedReport> Blocking, IReadOnlyList<TopQuery> Queries, string QueriesMissing,
    double? LagSeconds, IReadOnlyList<TopStandby> Standbys, IReadOnlyList<TopSlot> Slots, IReadOnlyList<TopPool>? Pools)
{
    public static TopReport Of(string target, TopReading reading) => new(
        target, reading.At, reading.Version, reading.IsStandby, reading.MaxConnections, reading.Sessions, [.. SessionTree.Of(reading.Sessions).Select(row => new BlockedReport(row.Session.Pid, row.Depth, row.Behind))],
        reading.Queries ?? [], reading.QueriesMissing, reading.Following?.LagSeconds, reading.Standbys, reading.Slots, reading.Pools);
}

/// <summary>A session in the blocking tree.</summary>
/// <param name="Pid">Its process; 0 for a prepared transaction.</param>
/// <param name="Depth">How many stand between it and the one at the root.</param>
/// <param name="Behind">How many wait behind it.</param>
internal sealed record BlockedReport(int Pid, int Depth, int Behind);
