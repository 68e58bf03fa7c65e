using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Metrics;

public sealed class MetricsTextTests
{
    private static readonly MetricDescription gauge = new("lockkeeper_things", MetricKind.Gauge, "Things, as \"said\".\nTwo lines and a \\.", "kind", "name");
    private static readonly MetricDescription counter = new("lockkeeper_things_bytes_total", MetricKind.Counter, "Bytes.");
    private static readonly MetricDescription bare = new("pg_stat_things", MetricKind.Counter, "A counter that another exporter has named.");
    private static readonly MetricDescription info = new("lockkeeper_server_info", MetricKind.Info, "Which server.", "version");

    [Fact]
    public async Task a_page_reads_as_prometheus_wants_it()
    {
        var snapshot = Of("shop", (gauge, 2.5, ["a", "b\"c"]), (counter, 12, []), (gauge, double.NaN, ["x", "line\nend\\"]), (info, 1, ["17.1"]));
        (await WriteAsync(MetricsFormat.Prometheus, snapshot)).ShouldBe(
            """
            # HELP lockkeeper_server_info Which server.
            # TYPE lockkeeper_server_info gauge
            lockkeeper_server_info{target="shop",version="17.1"} 1
            # HELP lockkeeper_things Things, as "said".\nTwo lines and a \\.
            # TYPE lockkeeper_things gauge
            lockkeeper_things{target="shop",kind="a",name="b\"c"} 2.5
            lockkeeper_things{target="shop",kind="x",name="line\nend\\"} NaN
            # HELP lockkeeper_things_bytes_total Bytes.
            # TYPE lockkeeper_things_bytes_total counter
            lockkeeper_things_bytes_total{target="shop"} 12

            """);
    }

    [Fact]
    public async Task in_openmetrics_a_counter_has_its_family_and_a_name_without_total_stays_as_it_is()
    {
        (await WriteAsync(MetricsFormat.OpenMetrics, Of("shop", (counter, 12, []), (bare, 3, []), (info, 1, ["17.1"])))).ShouldBe(
            """
            # HELP lockkeeper_server Which server.
            # TYPE lockkeeper_server info
            lockkeeper_server_info{target="shop",version="17.1"} 1
            # HELP lockkeeper_things_bytes Bytes.
            # TYPE lockkeeper_things_bytes counter
            # UNIT lockkeeper_things_bytes bytes
            lockkeeper_things_bytes_total{target="shop"} 12
            # HELP pg_stat_things A counter that another exporter has named.
            # TYPE pg_stat_things unknown
            pg_stat_things{target="shop"} 3
            # EOF

            """);
    }

    [Fact]
    public async Task the_lines_of_a_metric_stand_together_whatever_target_they_are_from()
    {
        var text = await WriteAsync(MetricsFormat.Prometheus, Of("a", (counter, 1, []), (bare, 1, [])), Of("b", (counter, 2, []), (bare, 2, [])));
        TextParser.Read(text, openMetrics: false).Samples.Select(sample => $"{sample.Name} {sample.Labels["target"]}").ShouldBe(
            ["lockkeeper_things_bytes_total a", "lockkeeper_things_bytes_total b", "pg_stat_things a", "pg_stat_things b"]);
    }

    [Fact]
    public void any_label_and_any_number_reads_back_as_it_was() => Prop.ForAll<(string, string, double)[], bool>((rows, openMetrics) =>
    {
        // Half of a surrogate pair cannot be written in UTF-8.
        var values = rows.Select(row => (Metric: gauge, Value: row.Item3, Labels: new[] { Whole(row.Item1), Whole(row.Item2) })).ToArray();
        var text = WriteAsync(openMetrics ? MetricsFormat.OpenMetrics : MetricsFormat.Prometheus, Of("t\"\\\n", values)).GetAwaiter().GetResult();
        var read = TextParser.Read(text, openMetrics).Samples;
        return read.Count == values.Length && read.Zip(values).All(pair =>
            pair.First.Labels["target"] == "t\"\\\n" && pair.First.Labels["kind"] == pair.Second.Labels[0] && pair.First.Labels["name"] == pair.Second.Labels[1] && pair.First.Value.Equals(pair.Second.Value));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task a_page_larger_than_the_buffer_is_whole()
    {
        var values = Enumerable.Range(0, 5_000).Select(i => (gauge, (double)i, new[] { "k", new string('n', i % 90) + i })).ToArray();
        TextParser.Read(await WriteAsync(MetricsFormat.Prometheus, Of("t", values)), openMetrics: false).Samples.Select(sample => sample.Value).ShouldBe(Enumerable.Range(0, 5_000).Select(i => (double)i));
    }

    private static string Whole(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));

    private static Snapshot Of(string target, params (MetricDescription Metric, double Value, string[] Labels)[] values)
    {
        var samples = new SampleSet();
        foreach (var (metric, value, labels) in values)
            samples.Add(metric, value, labels);
        return new Snapshot(new MonitoredTarget(_ => Task.FromResult("")) { Name = target, Engine = "postgres", Labels = [new("target", target)] }, DateTimeOffset.UnixEpoch, TimeSpan.Zero, isUp: true, samples);
    }

    private static async Task<string> WriteAsync(MetricsFormat format, params Snapshot[] snapshots)
    {
        using var stream = new MemoryStream();
        await MetricsText.WriteAsync(stream, snapshots, format, CancellationToken.None);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
