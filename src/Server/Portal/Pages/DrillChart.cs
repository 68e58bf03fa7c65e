using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>What the drills of a cluster have measured, held against its policy.</summary>
internal static class DrillChart
{
    private const int Points = 90;

    /// <summary>The charts; a line when no drill has measured anything.</summary>
    public static async Task<Html> OfAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var drills = new List<(DateTimeOffset At, double? Point, double? Time, bool Failed, string Run)>();
        await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Kinds = ["backup.drilled"] }, cancel))
        {
            if (entry.Fact.Database == cluster.Name && JsonNode.Parse(entry.Fact.Body) is JsonObject body)
                drills.Add((entry.At, (double?)body["rpo_seconds"], (double?)body["rto_seconds"], (string?)body["failure"] is not null, entry.Fact.Run));
        }

        if (drills.Count == 0)
            return Html.Of($"<p class=\"muted\">No drill has run yet: what would be lost and how long a restore takes is not known.</p>");
        var (from, to) = (drills[0].At, drills[^1].At > drills[0].At ? drills[^1].At : drills[0].At + TimeSpan.FromMinutes(1));
        var time = new ChartTime(from, to, (to - from) / (Points - 1), [.. drills.Where(drill => drill.Failed).Select(drill => new ChartMark(drill.At, "this drill failed", drill.Run))]);
        var policy = cluster.Backup!.Value;
        return Html.Of($"""
            <div class="charts">{ChartHtml.Of(new Chart("RPO", "What a loss of the server would have lost, as drills measured it.", "seconds", false, [Line("measured", drill => drill.Point)]) { Limit = policy.RecoveryPoint?.TotalSeconds }, time)}
            {ChartHtml.Of(new Chart("RTO", "How long it took until a copy was open.", "seconds", false, [Line("measured", drill => drill.Time)]) { Limit = policy.RecoveryTime?.TotalSeconds }, time)}</div>
            """);

        // Each measurement holds until the next drill.
        ChartLine Line(string name, Func<(DateTimeOffset At, double? Point, double? Time, bool Failed, string Run), double?> of) =>
            new(name, [.. Enumerable.Range(0, Points).Select(i => drills.Where(drill => drill.At <= from + (time.Step * i) + TimeSpan.FromMilliseconds(1) && of(drill) is not null).Select(of).LastOrDefault())]);
    }
}
