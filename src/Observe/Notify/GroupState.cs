namespace Lockkeeper.Observe.Notify;

/// <summary>What is known of the messages of a group.</summary>
internal sealed record GroupState
{
    /// <summary>The keys of the alerts that the receiver was last told to fire.</summary>
    public IReadOnlyList<string> Told { get; init; } = [];

    /// <summary>When the receiver was last told; null for never.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Since when there is something to tell; null when there is nothing.</summary>
    public DateTimeOffset? DueSince { get; init; }

    /// <summary>How many times in a row telling has failed.</summary>
    public int Failures { get; init; }

    /// <summary>Before it nothing is sent, since the last try failed.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
