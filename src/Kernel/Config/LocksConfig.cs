namespace Lockkeeper.Kernel.Config;

/// <summary>How much waiting a migration may cause to others, and how much of theirs it puts up with.</summary>
public sealed record LocksConfig
{
    /// <summary>The most sessions that may wait behind a migration for longer than <see cref="For"/>. Default 20.</summary>
    public int MaxWaiting { get; init; } = 20;

    /// <summary>How long more than <see cref="MaxWaiting"/> sessions may wait before the migration gives its locks up. Default 500 ms.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The age from which a transaction in the way is waited for before a migration touches anything. Default 30 s.</summary>
    public TimeSpan LongTransaction { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for what is in the way before the migration is refused. Default 1 min.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Which sessions in the way are ended; null for none.</summary>
    public TerminationConfig? TerminateBlockers { get; init; }
}

/// <summary>Which sessions are ended when they keep a lock from a migration.</summary>
public sealed record TerminationConfig
{
    /// <summary>How long a session must have been in the way. Default 5 s.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The roles whose sessions may be ended; empty for any.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The applications (<c>application_name</c>) whose sessions may be ended; empty for any.</summary>
    public IReadOnlyList<string> Applications { get; init; } = [];

    /// <summary>Roles and applications whose sessions are never ended.</summary>
    public IReadOnlyList<string> Never { get; init; } = [];
}
