using System.Text.Json.Serialization;

namespace Lockkeeper.Observe.Top;

/// <summary>A session as the server shows it.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="StartedAt">When it began: with the process it says which session is meant, since numbers of processes come again.</param>
internal sealed record TopSession(int Pid, DateTime StartedAt)
{
    public string Database { get; init; } = "";

    public string User { get; init; } = "";

    public string Application { get; init; } = "";

    public string Client { get; init; } = "";

    /// <summary>The kind of process: <c>client backend</c> and others.</summary>
    public string Kind { get; init; } = "client backend";

    public string State { get; init; } = "";

    /// <summary>What it waits for, <c>Lock:transactionid</c>; empty when it does not wait.</summary>
    public string Wait { get; init; } = "";

    /// <summary>Age of its transaction; null outside of one.</summary>
    public double? TransactionSeconds { get; init; }

    /// <summary>For how long its statement has run, or since when it has been idle.</summary>
    public double? StatementSeconds { get; init; }

    /// <summary>When its statement began.</summary>
    public DateTime? StatementAt { get; init; }

    /// <summary>The sessions that it waits for; a prepared transaction is 0.</summary>
    public IReadOnlyList<int> Blockers { get; init; } = [];

    /// <summary>The statement, passwords masked.</summary>
    public string Statement { get; init; } = "";

    /// <summary>The id that pg_stat_statements has it under; 0 for none.</summary>
    public long QueryId { get; init; }

    /// <summary>The same as long as it is the same session.</summary>
    [JsonIgnore]
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Pid}@{StartedAt.Ticks}");
}

/// <summary>What a statement has cost between two readings.</summary>
internal sealed record TopQuery(long QueryId, string Database, string User)
{
    /// <summary>Its text, passwords masked; null when it was not read yet.</summary>
    public string? Text { get; init; }

    public double CallsPerSecond { get; init; }

    /// <summary>Seconds spent in it per second: 1 is one busy session.</summary>
    public double Load { get; init; }

    public double MeanMilliseconds { get; init; }

    public double RowsPerCall { get; init; }

    /// <summary>Blocks that were not in shared buffers.</summary>
    public double BlocksReadPerSecond { get; init; }

    public double Calls { get; init; }

    [JsonIgnore]
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{QueryId}/{Database}/{User}");
}

/// <summary>Somebody who streams WAL from here.</summary>
internal sealed record TopStandby(string Name, string Address, string State, double? BehindBytes, double? ReplaySeconds, bool IsSync);

/// <summary>A replication slot.</summary>
internal sealed record TopSlot(string Name, string Type, bool IsActive, double? KeptBytes, string WalStatus);

/// <summary>How a standby follows its primary.</summary>
internal sealed record TopStandbyState(double? LagSeconds, bool IsStreaming, bool IsPaused);

/// <summary>A pool of a pooler.</summary>
internal sealed record TopPool(string Database, string User, int ClientsActive, int ClientsWaiting, int ServersActive, int ServersIdle, double LongestWaitSeconds);

/// <summary>A server at one moment.</summary>
/// <param name="At">The moment.</param>
internal sealed record TopReading(DateTimeOffset At)
{
    public string Version { get; init; } = "";

    public bool IsStandby { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public int MaxConnections { get; init; }

    public IReadOnlyList<TopSession> Sessions { get; init; } = [];

    /// <summary>The statements that were executed since the reading before; null while there is no reading before, or none can be read.</summary>
    public IReadOnlyList<TopQuery>? Queries { get; init; }

    /// <summary>Why there are no statements; empty when there are.</summary>
    public string QueriesMissing { get; init; } = "";

    public IReadOnlyList<TopStandby> Standbys { get; init; } = [];

    public IReadOnlyList<TopSlot> Slots { get; init; } = [];

    /// <summary>Null on a primary.</summary>
    public TopStandbyState? Following { get; init; }

    /// <summary>Null where no pooler is known.</summary>
    public IReadOnlyList<TopPool>? Pools { get; init; }

    /// <summary>Why they could not be read; empty when they were, or when there is no pooler.</summary>
    public string PoolsMissing { get; init; } = "";
}
