namespace Lockkeeper.Server.Portal;

/// <summary>What the watch has last seen, found by database: a fleet has a thousand of them.</summary>
internal sealed class SeenTargets
{
    private readonly ILookup<string, SeenTarget> own;
    private readonly ILookup<string, SeenTarget> clusters;
    private readonly ILookup<string, SeenTarget> backups;

    /// <summary>Sorts what was seen.</summary>
    public SeenTargets(IReadOnlyList<SeenTarget> all)
    {
        // ENVIRONMENT/DATABASE, and ENVIRONMENT/DATABASE/1 and so on where it is in several places.
        own = all.Where(one => !IsOther(one)).ToLookup(one => string.Join('/', one.Name.Split('/', 3).Take(2)), StringComparer.Ordinal);
        var placed = all.Where(one => one.Environment is not null).ToList();
        clusters = placed.Where(one => !IsOther(one) && !one.Name.StartsWith(one.Environment + "/", StringComparison.Ordinal)).ToLookup(one => one.Environment!, StringComparer.Ordinal);
        backups = placed.Where(one => one.Name.StartsWith("backup://", StringComparison.Ordinal)).ToLookup(one => one.Environment!, StringComparer.Ordinal);
    }

    /// <summary>All that was seen of a database in an environment: its own target or those of the environment's clusters, with the worst of each; null for nothing.</summary>
    public SeenTarget? OfDatabase(string environment, string database)
    {
        var name = $"{environment}/{database}";
        var here = own[name].ToList() is { Count: > 0 } mine ? mine : [.. clusters[environment]];
        var taken = backups[environment].ToList();
        if (here.Count == 0 && taken.Count == 0)
            return null;
        var drill = taken.MaxBy(one => one.DrillAgeSeconds ?? -1);
        return new SeenTarget(
            name, environment, here.Any(one => one.Role == "primary") ? "primary" : here.FirstOrDefault()?.Role, here.Max(one => one.SizeBytes), here.Max(one => one.LagSeconds),
            taken.Max(one => one.BackupAgeSeconds), drill?.DrillAgeSeconds, taken.Any(one => one.DrillPassed == false) ? false : drill?.DrillPassed);
    }

    /// <summary>Poolers and backups are no databases.</summary>
    private static bool IsOther(SeenTarget target) => target.Name.Contains("://", StringComparison.Ordinal);
}
