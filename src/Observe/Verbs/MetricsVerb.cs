using System.Text;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe metrics</c>.</summary>
internal static class MetricsVerb
{
    private static readonly Parameter target = new("target", ParameterKind.Text, "A declared cluster, CLUSTER/NODE, or ENVIRONMENT/DATABASE; by default all") { Positional = true, ValueName = "TARGET" };
    private static readonly Parameter format = new("format", ParameterKind.Choice, "The text format") { Choices = ["prometheus", "openmetrics"], Default = "prometheus" };
    private static readonly Parameter deadline = new("deadline", ParameterKind.Duration, "How long a target may take; what is not read by then is said to be missing") { Default = "30s" };

    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe metrics",
        Summary = "read the metrics of declared targets once and print them",
        Details = "The text is what Prometheus reads. Targets are the declared clusters, all their databases, their poolers, and the targets of environments that no cluster stands for. A role with the rights of pg_monitor is enough; what it cannot read is lockkeeper_metric_unavailable with the reason. "
            + "Exit code 1 when a target is down.",
        Effect = VerbEffect.Reads,
        Parameters = [target, format, deadline],
        Examples = [new VerbExample("lk observe metrics shop-prod", "prints the metrics of one cluster"), new VerbExample("lk observe metrics > /var/lib/node-exporter/shop.prom", "a file for node_exporter")],
        ReportType = () => ObserveJson.Default.MetricsReport,
        Handler = (call, cancel) => HandleAsync(setup, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, VerbCall call, CancellationToken cancel)
    {
        await using var exporter = setup.Exporter(call.Workspace);
        var limit = call.Duration(deadline)!.Value;
        call.Workspace.Progress.Now("reading metrics");
        IReadOnlyList<Snapshot> snapshots = call.Text(target) is { } name ? [await exporter.ScrapeAsync(name, limit, cancel)] : await exporter.ScrapeAsync(limit, cancel);
        call.Workspace.Progress.Now(null);
        // Hundreds of thousands of lines: neither text nor JSON is made before it is written.
        var text = MetricsText.Pieces(snapshots, call.Required(format) == "openmetrics" ? MetricsFormat.OpenMetrics : MetricsFormat.Prometheus).Select(piece => Encoding.UTF8.GetString(piece.Span));
        var report = new MetricsReport([.. snapshots.Select(Of)]);
        return Report.Of(
            report, () => ObserveJson.Default.MetricsReport, [new LongCode(text)], snapshots.All(snapshot => snapshot.IsUp) ? ExitCode.Done : ExitCode.Findings);
    }

    private static TargetMetrics Of(Snapshot snapshot) => new(
        snapshot.Target.Name, snapshot.IsUp, snapshot.Duration.TotalSeconds,
        snapshot.Samples.Select(sample => new MetricSample(sample.Metric.Name, sample.Metric.Labels.Zip(sample.Labels).ToDictionary(label => label.First, label => label.Second, StringComparer.Ordinal), double.IsFinite(sample.Value) ? sample.Value : null)));
}
