using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>Where an alert is in its life.</summary>
public enum AlertPhase
{
    /// <summary>The condition holds, and not long enough yet.</summary>
    Pending,

    /// <summary>The condition has held for long enough.</summary>
    Firing,

    /// <summary>The condition does not hold any more.</summary>
    Resolved,
}

/// <summary>One alert: a rule and the series that it fires for.</summary>
public sealed record Alert
{
    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>The labels of the series, without the metric's name.</summary>
    public required LabelSet Labels { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required AlertPhase Phase { get; init; }

    /// <summary>When the condition began to hold.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it fired; null before.</summary>
    public DateTimeOffset? FiredAt { get; init; }

    /// <summary>When the condition ended; null before.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The value of the condition when it last held.</summary>
    public required double Value { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>What tells it from other alerts.</summary>
    public string Key => Rule + Labels;
}
