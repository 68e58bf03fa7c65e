using System.Text.Json.Nodes;

namespace Lockkeeper.Server.Portal;

/// <summary>What the watch has last seen of a target; null for what it has not.</summary>
internal sealed record SeenTarget(string Name, string? Environment, string? Role, double? SizeBytes, double? LagSeconds, double? BackupAgeSeconds, double? DrillAgeSeconds, bool? DrillPassed)
{
    /// <summary>Reads one of <c>lk observe fleet --json</c>.</summary>
    public static SeenTarget Of(JsonNode target) => new(
        (string)target["target"]!, (string?)target["environment"], (string?)target["role"], (double?)target["size_bytes"], (double?)target["lag_seconds"], (double?)target["backup_age_seconds"], (double?)target["drill_age_seconds"],
        (bool?)target["drill_passed"]);

    /// <summary>All that was seen of a database in an environment: its own target or those of the environment's clusters, with the worst of each.</summary>
    public static SeenTarget? OfDatabase(IReadOnlyList<SeenTarget> all, string environment, string database)
    {
        var name = $"{environment}/{database}";
        var own = all.Where(one => one.Name == name || one.Name.StartsWith(name + "/", StringComparison.Ordinal)).ToList();
        var here = own.Count > 0 ? own : [.. all.Where(one => one.Environment == environment && !one.Name.Contains("://", StringComparison.Ordinal) && !one.Name.StartsWith(environment + "/", StringComparison.Ordinal))];
        var backups = all.Where(one => one.Environment == environment && one.Name.StartsWith("backup://", StringComparison.Ordinal)).ToList();
        if (here.Count == 0 && backups.Count == 0)
            return null;
        var drill = backups.MaxBy(one => one.DrillAgeSeconds ?? -1);
        return new SeenTarget(
            name, environment, here.Any(one => one.Role == "primary") ? "primary" : here.FirstOrDefault()?.Role, here.Max(one => one.SizeBytes), here.Max(one => one.LagSeconds),
            backups.Max(one => one.BackupAgeSeconds), drill?.DrillAgeSeconds, backups.Any(one => one.DrillPassed == false) ? false : drill?.DrillPassed);
    }
}
