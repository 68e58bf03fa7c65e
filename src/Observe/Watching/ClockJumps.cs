namespace Lockkeeper.Observe.Watching;

/// <summary>Notices that the clock of this machine was set, by holding it against time that only goes on.</summary>
/// <remarks>A machine that has slept looks the same: its clock is ahead of what it has seen pass.</remarks>
/// <param name="clock">The clock.</param>
internal sealed class ClockJumps(TimeProvider clock)
{
    /// <summary>More than a clock is adjusted by in small steps.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>How long somebody has to set it right before what is called old by it is removed.</summary>
    private static readonly TimeSpan Distrust = TimeSpan.FromHours(1);

    private DateTimeOffset wall = clock.GetUtcNow();
    private long passed = clock.GetTimestamp();
    private long? jumpedAt;

    /// <summary>How often it was set since the start.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it was set so lately that it may be wrong.</summary>
    public bool IsDoubtful => jumpedAt is { } at && clock.GetElapsedTime(at) < Distrust;

    /// <summary>By how much it was set since the last look; null when it was not.</summary>
    public TimeSpan? Look()
    {
        var (now, ticks) = (clock.GetUtcNow(), clock.GetTimestamp());
        var by = now - wall - clock.GetElapsedTime(passed, ticks);
        (wall, passed) = (now, ticks);
        if (by.Duration() < Least)
            return null;
        jumpedAt = ticks;
        Count++;
        return by;
    }
}
