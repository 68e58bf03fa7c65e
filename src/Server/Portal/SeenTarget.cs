using System.Text.Json.Nodes;

namespace Lockkeeper.Server.Portal;

/// <summary>What the watch has last seen of a target; null for what it has not.</summary>
internal sealed record SeenTarget(string Name, string? Environment, string? Role, double? SizeBytes, double? LagSeconds, double? BackupAgeSeconds, double? DrillAgeSeconds, bool? DrillPassed)
{
    /// <summary>Reads one of <c>lk observe fleet --json</c>.</summary>
    public static SeenTarget Of(JsonNode target) => new(
        (string)target["target"]!, (string?)target["environment"], (string?)target["role"], (double?)target["size_bytes"], (double?)target["lag_seconds"], (double?)target["backup_age_seconds"], (double?)target["drill_age_seconds"],
        (bool?)target["drill_passed"]);
}
