using System.Globalization;

namespace Lockkeeper.Backup.Wal;

/// <summary>Where a timeline comes from: what its <c>.history</c> file says, the oldest ancestor first.</summary>
/// <param name="Timeline">The timeline.</param>
/// <param name="Ancestors">Its ancestors, each with the place where it was left.</param>
internal sealed record TimelineHistory(uint Timeline, IReadOnlyList<TimelineFork> Ancestors)
{
    /// <summary>Reads a history file: lines of the parent's number, the place of the fork and a reason, between tabs; <c>#</c> begins a comment.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static TimelineHistory Parse(uint timeline, string text)
    {
        var forks = new List<TimelineFork>();
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var fields = line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !uint.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var parent) || !Lsn.TryParse(fields[1], out var at) || parent >= timeline || (forks.Count > 0 && parent <= forks[^1].Parent))
                throw new FormatException($"'{line}' is not a line of the history of timeline {timeline}");
            forks.Add(new TimelineFork(parent, at));
        }

        return new TimelineHistory(timeline, forks);
    }
}

/// <summary>The end of an ancestor's part.</summary>
/// <param name="Parent">The ancestor.</param>
/// <param name="At">Where the next timeline leaves it.</param>
internal sealed record TimelineFork(uint Parent, Lsn At);
