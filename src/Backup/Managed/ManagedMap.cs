using Lockkeeper.Backup.Recoverability;

namespace Lockkeeper.Backup.Managed;

/// <summary>Which moments of a managed cluster can be restored: what the service claims, and what drills have shown of it. A pure function.</summary>
internal static class ManagedMap
{
    /// <summary>The stretches, the oldest first; none when the service does not say from when to when.</summary>
    /// <remarks>The service does not say what it restores a moment from: from the snapshot before it and the log after that. A drill stands for that way.</remarks>
    /// <param name="view">What the service has.</param>
    /// <param name="drills">What was tried.</param>
    public static IReadOnlyList<RecoverableSpan> Of(ManagedView view, IReadOnlyList<DrillEvidence> drills)
    {
        if (view is not { Earliest: { } earliest, Latest: { } latest } || latest <= earliest)
            return [];
        var ways = drills.Where(drill => drill.ReachedUntil > earliest && drill.ReachedUntil <= latest).OrderBy(drill => drill.At).Select(drill => (Drill: drill, From: Begin(view, drill.ReachedUntil!.Value, earliest), To: drill.ReachedUntil!.Value)).Where(way => way.To > way.From).ToList();
        var cuts = ways.SelectMany(way => new[] { way.From, way.To }).Append(earliest).Append(latest).Distinct().Order().ToList();
        var spans = new List<RecoverableSpan>();
        foreach (var (from, to) in cuts.Zip(cuts.Skip(1)))
        {
            var way = ways.LastOrDefault(one => one.From <= from && one.To >= to);
            var span = way.Drill switch
            {
                null => new RecoverableSpan(from, to, RecoverableState.Claimed, null, "the service says so"),
                { Failure: { } failure } => new RecoverableSpan(from, to, RecoverableState.Broken, null, $"the drill of {Verbs.BackupText.Time(way.To)} failed: {failure}"),
                _ => new RecoverableSpan(from, to, RecoverableState.Proven, null, "a drill has restored a moment after it"),
            };
            if (spans is [.., var last] && last.State == span.State && last.Why == span.Why)
                spans[^1] = last with { To = to };
            else
                spans.Add(span);
        }

        return spans;
    }

    /// <summary>Whether the last drill of a snapshot has passed.</summary>
    public static bool IsProven(string label, IReadOnlyList<DrillEvidence> drills) => drills.Where(drill => drill.Set == label).MaxBy(drill => drill.At) is { Failure: null };

    private static DateTimeOffset Begin(ManagedView view, DateTimeOffset moment, DateTimeOffset earliest) =>
        view.Snapshots.LastOrDefault(one => one.IsReady && one.At <= moment) is not { } snapshot ? moment : snapshot.At > earliest ? snapshot.At : earliest;
}
