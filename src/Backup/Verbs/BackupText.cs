using System.Globalization;
using System.Text;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Backup.Verbs;

/// <summary>Words that several verbs share.</summary>
internal static class BackupText
{
    /// <summary>How many characters the bar of the map has.</summary>
    private const int BarWidth = 60;

    public static string Kind(BackupKind kind) => kind switch { BackupKind.Full => "full", BackupKind.Differential => "differential", _ => "incremental" };

    public static string State(RecoverableState state) => state switch
    {
        RecoverableState.Proven => "proven",
        RecoverableState.Claimed => "claimed",
        RecoverableState.Broken => "broken",
        _ => "not archived",
    };

    public static string Time(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Size(long bytes) => CopyFolder.Size(bytes);

    public static string Span(TimeSpan span) => Durations.Words(span < TimeSpan.Zero ? TimeSpan.Zero : span);

    public static SetReport Report(BackupSet set, RecoverabilityMap map, IReadOnlyList<DrillEvidence> drills, int segmentBytes) => new(
        set.Label, Kind(set.Kind), set.Repository, set.Started, set.Ended, set.DatabaseBytes, set.CopiedBytes, set.RepositoryBytes, set.FirstSegment?.Name(segmentBytes), set.LastSegment?.Name(segmentBytes),
        drills.Where(drill => drill.Set == set.Label).MaxBy(drill => drill.At) is { Failure: null }, map.BrokenSets.GetValueOrDefault(set.Label));

    public static HoleReport Report(WalHole hole) => new(hole.First, hole.Segments, hole.From, hole.To);

    /// <summary>The map as one line, each character a piece of the time. What is worse wins a piece.</summary>
    public static string Bar(RecoverabilityMap map)
    {
        if (map.Spans.Count == 0)
            return "";
        var (from, to) = (map.Spans[0].From, map.Spans[^1].To);
        var bar = new StringBuilder();
        for (var i = 0; i < BarWidth; i++)
        {
            var (start, end) = (from + ((to - from) * i / BarWidth), from + ((to - from) * (i + 1) / BarWidth));
            var here = map.Spans.Where(span => span.From < end && span.To > start).Select(span => span.State).ToList();
            bar.Append(here.Count == 0 ? ' ' : here.Contains(RecoverableState.Broken) ? 'x' : here.Contains(RecoverableState.NotArchived) ? '·' : here.Contains(RecoverableState.Claimed) ? '▒' : '█');
        }

        return bar.ToString();
    }

    public static IEnumerable<Block> Map(RecoverabilityMap map)
    {
        if (map.Spans.Count == 0)
            yield break;
        yield return new Line(Bar(map), Tone.Plain, 1);
        yield return new Line("█ proven by a drill   ▒ claimed   x broken   · not archived yet", Tone.Muted, 1);
        foreach (var span in map.Spans)
            yield return new Line($"{Time(span.From)} to {Time(span.To)}: {State(span.State)}, {span.Why}{(span.Set is null ? "" : $" ({span.Set})")}", Tones(span.State), 1);
        foreach (var hole in map.Holes)
            yield return new Line($"{hole.First}{(hole.Segments == 1 ? " is" : $" and the next {hole.Segments - 1} are")} missing, between {Time(hole.From)} and {Time(hole.To)}", Tone.Bad, 1);
        foreach (var step in map.ClockSteps)
            yield return new Line($"the clock went back from {Time(step.To)} to {Time(step.From)} before {step.Segment}: times between are there twice, and only a place in the log or a restore point names one of them", Tone.Warning, 1);
    }

    private static Tone Tones(RecoverableState state) => state switch { RecoverableState.Proven => Tone.Good, RecoverableState.Broken => Tone.Bad, RecoverableState.NotArchived => Tone.Muted, _ => Tone.Plain };
}
