using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Migrate.Running;

/// <summary>What a migration did to others, and others to it, as it was seen while it ran.</summary>
internal sealed record LockRecord
{
    /// <summary>The locks on relations that were there before, strongest first; of many the first ones.</summary>
    public IReadOnlyList<RecordedLock> Held { get; init; } = [];

    /// <summary>How often was looked.</summary>
    public int Samples { get; init; }

    /// <summary>The most sessions that waited behind it at once.</summary>
    public int MostWaiting { get; init; }

    /// <summary>The longest time that one was seen waiting.</summary>
    public TimeSpan LongestWait { get; init; }

    /// <summary>The sessions behind it at the worst moment, longest wait first, in words; of many the first ones.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>The tries that did not get their locks or gave them up; of many the last ones.</summary>
    public IReadOnlyList<MissedTry> Missed { get; init; } = [];

    /// <summary>The sessions that were ended, in words.</summary>
    public IReadOnlyList<string> Terminated { get; init; } = [];

    /// <summary>Why nobody watched; null when somebody did or nothing took long enough.</summary>
    public string? NotWatched { get; init; }

    /// <summary>Whether there is anything to tell.</summary>
    public bool IsEmpty => Held.Count == 0 && Samples == 0 && Missed.Count == 0 && NotWatched is null;

    /// <summary>In one line; null when there is nothing that people would want to know.</summary>
    public string? Words()
    {
        var parts = new List<string>();
        if (Held.Count > 0)
            parts.Add($"held {Held[0].Words}{(Held.Count > 1 ? $" and {Held.Count - 1} more" : "")}");
        if (MostWaiting > 0)
            parts.Add($"at most {Plural.Of(MostWaiting, "session")} waited, longest {Durations.Words(LongestWait)}");
        if (Missed.Count > 0)
            parts.Add(Missed[^1].Try == 1 ? "1 try missed" : $"{Missed[^1].Try} tries missed");
        if (Terminated.Count > 0)
            parts.Add($"{Plural.Of(Terminated.Count, "session")} ended");
        if (NotWatched is { } why)
            parts.Add($"not watched: {why}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }
}

/// <summary>A lock.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Mode">The mode, for example <c>ACCESS EXCLUSIVE</c>.</param>
/// <param name="From">When it was first seen, counted from the start of the try.</param>
/// <param name="For">How long it was held.</param>
/// <param name="AtMost">Whether it may have been held shorter: it was seen only at the end of its transaction.</param>
internal sealed record RecordedLock(string Relation, string Mode, TimeSpan From, TimeSpan For, bool AtMost)
{
    public string Words => $"{Mode} on {Relation} for {(AtMost ? "at most " : "")}{Durations.Words(For)}";
}

/// <summary>A try that did not get its locks or gave them up.</summary>
/// <param name="Try">Which one, from 1.</param>
/// <param name="Why">Why, a phrase.</param>
/// <param name="HeldBy">Who was in the way, in words.</param>
internal sealed record MissedTry(int Try, string Why, IReadOnlyList<string> HeldBy);
