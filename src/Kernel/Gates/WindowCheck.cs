using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Kernel.Gates;

/// <summary>Whether a window is open, and when that changes; times carry the offset of the window's zone.</summary>
/// <param name="IsOpen">Whether changes may start now.</param>
/// <param name="OpensAt">When a closed window opens next; null for an open one.</param>
/// <param name="ClosesAt">When an open window closes; null for a closed one, and for one that stays open for more than a week.</param>
public sealed record WindowState(bool IsOpen, DateTimeOffset? OpensAt, DateTimeOffset? ClosesAt);

/// <summary>Evaluates a window at a point in time. It reads no clock.</summary>
/// <remarks>A window belongs to the day on which it opens: <c>days: fri, from: 22:00, to: 04:00</c> is open on Saturday at 03:00. When
/// clocks go forward, a time that is skipped means the first one that exists after it; when they go back, a time that comes twice means
/// the first of the two.</remarks>
public static class WindowCheck
{
    private const int DaysAhead = 9;

    /// <summary>Evaluates a window.</summary>
    /// <param name="window">The window, as checked by the reader: its zone exists.</param>
    /// <param name="now">The point in time.</param>
    public static WindowState At(WindowConfig window, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(window.Zone);
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        DateTimeOffset? closes = null;
        var end = today.AddDays(DaysAhead);
        for (var day = today.AddDays(-1); day < end; day = day.AddDays(1))
        {
            if (window.Days.Count > 0 && !window.Days.Contains(day.DayOfWeek))
                continue;
            var (from, to) = On(day, window, zone);
            // A window of which the clock change leaves nothing.
            if (from >= to)
                continue;
            if (closes is null && from <= now && now < to)
                closes = to;
            else if (closes is not null && from <= closes && to > closes)
                closes = to;
            else if (closes is null && from > now)
                return new WindowState(IsOpen: false, OpensAt: from, ClosesAt: null);
        }

        return closes is null
            ? throw new InvalidOperationException($"the window {window} does not open within {DaysAhead} days")
            : new WindowState(IsOpen: true, OpensAt: null, closes < Instant(end.AddDays(-1), zone) ? closes : null);
    }

    private static (DateTimeOffset From, DateTimeOffset To) On(DateTime day, WindowConfig window, TimeZoneInfo zone)
    {
        var to = window.To is { } end ? day + end.ToTimeSpan() : day.AddDays(1);
        if (window.To < window.From)
            to = to.AddDays(1);
        return (Instant(day + window.From.ToTimeSpan(), zone), Instant(to, zone));
    }

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        // Of two offsets the greater one is in force first.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }
}
