namespace Lockkeeper.Observe.PostgreSql;

/// <summary>How a scrape is going.</summary>
internal sealed class ScrapeState(long startedAt)
{
    /// <summary>When it began, as a timestamp of the clock.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>What can be read on the server; null while it has not answered.</summary>
    public Capabilities? Can { get; set; }

    /// <summary>Why it ended before its end; null when it did not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether the server has answered.</summary>
    public bool IsUp => Can is not null;

    public void End(string reason) => Reason = reason;
}
