using System.Text.Json.Nodes;
using Lockkeeper.Backup.Sets;

namespace Lockkeeper.Backup.Recoverability;

/// <summary>How long a restore would take, from the drills so far.</summary>
/// <param name="Expected">The middle of what they say.</param>
/// <param name="Low">The shortest.</param>
/// <param name="High">The longest.</param>
/// <param name="Drills">How many there were.</param>
internal sealed record Forecast(TimeSpan Expected, TimeSpan Low, TimeSpan High, int Drills)
{
    /// <summary>Older ones were of another machine or another amount of data.</summary>
    private const int MostDrills = 10;

    /// <summary>Scales what each drill took for fetching by the bytes of the set, and for replaying by the bytes of WAL; starting takes what it took.</summary>
    /// <returns>Null without a drill that passed.</returns>
    public static Forecast? Of(IReadOnlyList<JsonObject> drills, BackupSet set, RepositoryView view)
    {
        var wal = WalBytes(set, view);
        var said = new List<double>();
        foreach (var drill in drills.Where(one => one["rto_seconds"] is not null && one["phases"] is not null).TakeLast(MostDrills))
        {
            var (bytes, log) = (Math.Max(1, (double?)drill["database_bytes"] ?? 1), Math.Max(1, (double?)drill["wal_bytes"] ?? 1));
            said.Add((Phase(drill, "fetch") * set.DatabaseBytes / bytes) + (Phase(drill, "replay") * Math.Max(1, wal) / log) + Longest(drill, "start"));
        }

        return Of(said);
    }

    /// <summary>Of a managed cluster: as long as the drills took. What a service needs for an instance does not go by the bytes of its disk, which it fetches as they are read.</summary>
    /// <returns>Null without a drill whose copy was open.</returns>
    public static Forecast? OfManaged(IReadOnlyList<JsonObject> drills) => Of([.. drills.Select(drill => (double?)drill["rto_seconds"] * 1000).OfType<double>().TakeLast(MostDrills)]);

    /// <summary>The WAL in the archive from a set on.</summary>
    public static long WalBytes(BackupSet set, RepositoryView view) => view.Archive.Segments.Where(one => set.FirstSegment is not { } first || one.Segment.Number >= first.Number).Sum(one => one.Bytes);

    private static Forecast? Of(List<double> said)
    {
        if (said.Count == 0)
            return null;
        said.Sort();
        return new Forecast(TimeSpan.FromMilliseconds(said[said.Count / 2]), TimeSpan.FromMilliseconds(said[0]), TimeSpan.FromMilliseconds(said[^1]), said.Count);
    }

    private static double Longest(JsonObject drill, string name) => drill["phases"]!.AsArray().Where(one => (string?)one!["name"] == name).Select(one => (double)one!["ms"]!).DefaultIfEmpty().Max();

    private static double Phase(JsonObject drill, string name) => drill["phases"]!.AsArray().Where(one => (string?)one!["name"] == name).Sum(one => (double)one!["ms"]!);
}
