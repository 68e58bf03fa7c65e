using System.Globalization;
using System.Text;
using Lockkeeper.Observe.Query;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What is exported is what Prometheus and Alertmanager take, and an expression gives here what it gives there.</summary>
public sealed class PrometheusAgreementTests
{
    private const int Step = 15_000;

    // 67 s: a range of whole minutes does not begin on a sample, where Prometheus 2 and 3 differ.
    private const long At = 67_000;

    private static readonly Series[] data =
    [
        Of("up", [("target", "a")], 1, 1, 1, 0, 0),
        Of("up", [("target", "b")], 1, 1, 1, 1, 1),
        Of("commits_total", [("target", "a"), ("datname", "x")], 0, 30, 60, 90, 120),
        Of("commits_total", [("target", "a"), ("datname", "y")], 100, 130, 10, 40, 70),
        Of("commits_total", [("target", "b"), ("datname", "x")], double.NaN, double.NaN, 7, 8, 12),
        Of("connections", [("target", "a"), ("state", "active")], 5, 6, 7, 8, 9),
        Of("connections", [("target", "a"), ("state", "idle")], 50, 50, 50, 50, 50),
        Of("connections", [("target", "b"), ("state", "active")], 1, 4, 1, 4, 1),
        Of("max_connections", [("target", "a")], 100, 100, 100, 100, 100),
        Of("max_connections", [("target", "b")], 10, 10, 10, 10, 10),
        Of("gone", [("target", "a")], 1, 1, Point.Stale),
        Of("level", [("target", "a")], 0.5, 2.25, 4, 8, 16),
        Of("level", [("target", "b")], -3, -2.5, -2, 0.1, 7),
    ];

    private static readonly string[] expressions =
    [
        "1 + 2 * 3 ^ 2", "-2 ^ 2", "2 ^ 3 ^ 0", "7 % 4 - 1", "1 / 0", "1 > bool 0", "time()", "vector(3)", "scalar(max_connections{target=\"a\"}) / 4",
        "up", "-up", "up == 0", "up != 0", "up >= bool 1", "up < bool 1", "up <= 0", "0 < up", "3 > bool up",
        "up{target=~\"a|c\"}", "up{target!~\"a\"}", "up{target!=\"b\"}", "{__name__=\"level\"}", "gone", "up offset 30s", "level offset 1m",
        "absent(gone{target=\"a\"})", "absent(up)", "absent_over_time(gone[10s])", "absent_over_time(nothing{a=\"b\",c!=\"d\"}[1m])",
        "rate(commits_total[1m])", "rate(commits_total[3m])", "rate(commits_total{datname=\"x\"}[40s])", "increase(commits_total[1m])", "increase(commits_total[2m])", "irate(commits_total[1m])",
        "delta(level[1m])", "idelta(level[1m])", "deriv(level[1m])", "predict_linear(level[1m], 3600)", "predict_linear(connections[1m], -10)",
        "resets(commits_total[1m])", "changes(connections[1m])", "avg_over_time(level[1m])", "sum_over_time(level[1m])", "count_over_time(commits_total[1m])", "count_over_time(gone[1m])",
        "last_over_time(level[1m])", "last_over_time(gone[1m])", "present_over_time(gone[1m])", "min_over_time(level[1m])", "max_over_time(level[1m])", "quantile_over_time(0.4, level[1m])", "max_over_time(level[30s] offset 20s)",
        "abs(level offset 1m)", "ceil(level offset 30s)", "floor(level offset 45s)", "sqrt(connections)", "exp(connections{state=\"active\"})", "ln(connections)", "log2(connections)", "log10(connections)",
        "clamp_min(level, 8)", "clamp_max(level, 8)", "timestamp(level)", "timestamp(level + 0)", "label_replace(up, \"cluster\", \"of-$1\", \"target\", \"(a)\")", "label_replace(up, \"target\", \"\", \"target\", \"a\")",
        "sum(connections)", "sum by (target) (connections)", "sum without (target) (connections)", "min(connections) by (state)", "max by (target, nothing) (level)", "avg(connections)", "count(connections)", "group(connections)",
        "topk(2, connections)", "bottomk by (target) (1, connections)", "quantile(0.3, connections)", "stddev(connections)",
        "sum by (target) (connections) / on (target) max_connections > 0.5", "connections / on (target) group_left max_connections", "max_connections - on (target) group_right connections", "connections / ignoring (state) group_left max_connections > 0.3",
        "up * ignoring (nothing) up", "connections > on (target) group_left () level", "level == bool level", "connections * on (target) group_left (datname) max by (target, datname) (commits_total{datname=\"x\"})",
        "up == 0 or connections{state=\"idle\"}", "connections and on (target) up == 1", "connections unless on (target) up == 1", "up and ignoring (state) connections", "connections{state=\"active\"} or on (target) max_connections",
        "rate(commits_total[1m]) > 0.5 and on (target) up == 1", "max by (target) (max_over_time(gone[5m])) unless on (target) gone", "changes(up[5m]) > 0", 
    ];

    [Fact]
    public async Task every_expression_gives_what_prometheus_gives()
    {
        using var folder = new TestFolder();
        var result = await Promtool.TestRulesAsync(folder.Write("test.yml", File(expressions)));
        result.ExitCode.ShouldBe(0, result.AllOutput);
    }

    [Fact]
    public void every_function_and_aggregate_that_is_known_is_compared()
    {
        var all = string.Join('\n', expressions);
        foreach (var name in PromQlFunction.Names.Concat(PromQlParser.Aggregates))
            all.ShouldContain(name + (PromQlParser.Aggregates.Contains(name) ? "" : "("));
    }

    [Fact]
    public async Task what_is_exported_is_accepted_by_promtool_and_amtool_and_holds_no_secret()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Variables["TOKEN"] = "hush-hush";
        project.TopSettings =
            """
            observe:
              alerts: { PostgresReplicaLags: { threshold: 7.5, for: 90s }, PostgresTableBloated: { off: true } }
              own_alerts: [ { name: Odd, expr: "rate(pg_stat_database_xact_commit{datname='a\\\\b\"c'}[5m]) == 0", summary: "nothing in {datname}: 100 % \"quiet\" at {value}", severity: critical } ]
              receivers:
                - { name: hook, webhook: "http://127.0.0.1:1/hook" }
                - { name: chat, slack: "http://127.0.0.1:1/${env:TOKEN}", severity: critical }
                - { name: post, mail: { server: 127.0.0.1, port: 25, tls: false, from: lk@example.org, to: [a@example.org, b@example.org], user: lk, password: "${env:TOKEN}" } }
                - { name: page, command: "./page.sh \"now\"" }
            """;
        var result = await project.RunAsync("observe", "alerts", "export", "--to", "out");
        result.ExitCode.ShouldBe(0, result.ToString());
        var (rules, routing) = (Path.Combine(project.Folder, "out/lockkeeper-rules.yml"), Path.Combine(project.Folder, "out/alertmanager.yml"));
        var checkedRules = await Promtool.CheckRulesAsync(rules);
        checkedRules.ExitCode.ShouldBe(0, checkedRules.AllOutput);
        var checkedRouting = await Promtool.CheckRoutingAsync(routing);
        checkedRouting.ExitCode.ShouldBe(0, checkedRouting.AllOutput);
        var text = await System.IO.File.ReadAllTextAsync(rules) + await System.IO.File.ReadAllTextAsync(routing);
        text.ShouldNotContain("hush-hush");
        text.ShouldContain("PostgresReplicaLags");
        text.ShouldNotContain("PostgresTableBloated");
        text.ShouldContain("# page: Alertmanager runs no commands");
    }

    [Fact]
    public async Task a_webhook_with_a_secret_in_its_address_is_read_from_a_file_by_alertmanager()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = "observe: { receivers: [ { name: hook, webhook: \"https://example.org/${env:TOKEN}\" } ] }";
        (await project.RunAsync("observe", "alerts", "export", "--to", "out")).ExitCode.ShouldBe(0);
        // Alertmanager knows url_file from 0.26 on, which Debian 12 has not.
        (await System.IO.File.ReadAllTextAsync(Path.Combine(project.Folder, "out/alertmanager.yml"))).ShouldContain("- url_file: \"/etc/alertmanager/secrets/hook\"");
    }

    private static string File(IEnumerable<string> expressions)
    {
        var text = new StringBuilder("evaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n");
        foreach (var series in data)
            text.Append(CultureInfo.InvariantCulture, $"      - series: {Quoted(series.Labels.ToString())}\n        values: '{Values(series)}'\n");
        text.Append("    promql_expr_test:\n");
        foreach (var expression in expressions)
        {
            var result = new PromQlEvaluator(new Data(), At).Evaluate(PromQlExpression.Parse(expression));
            // promtool compares to the last bit, and sums in another order than we do.
            var isWhole = result.All(sample => double.IsInfinity(sample.Value) || sample.Value == Math.Floor(sample.Value));
            var asked = isWhole ? expression : $"floor(({expression}) * 1000000 + 0.5)";
            if (!isWhole && PromQlExpression.Parse(expression).Kind == ValueKind.Scalar)
                asked = $"floor(vector({expression}) * 1000000 + 0.5)";
            text.Append(CultureInfo.InvariantCulture, $"      - expr: {Quoted(asked)}\n        eval_time: 67s\n        exp_samples:{(result.Count == 0 ? " []" : "")}\n");
            foreach (var sample in result)
                text.Append(CultureInfo.InvariantCulture, $"          - labels: {Quoted((isWhole ? sample.Labels : sample.Labels.WithoutMetric()).ToString())}\n            value: {Number(isWhole ? sample.Value : Math.Floor(sample.Value * 1_000_000 + 0.5))}\n");
        }

        return text.ToString();
    }

    private static string Values(Series series) => string.Join(' ', Enumerable.Range(0, 5).Select(i => series.Points.Where(point => point.Time == i * Step).Select(point => point.IsStale ? "stale" : Number(point.Value)).FirstOrDefault("_")));

    private static string Number(double value) => double.IsInfinity(value) ? (value > 0 ? ".inf" : "-.inf") : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>A series with a value each 15 seconds from 0 on; NaN for none.</summary>
    private static Series Of(string metric, (string Name, string Value)[] labels, params double[] values) =>
        new(LabelSet.Of(metric, labels), [.. values.Select((value, i) => new Point(i * Step, value)).Where(point => point.IsStale || !double.IsNaN(point.Value))]);

    private sealed class Data : ISeriesSource
    {
        public IEnumerable<Series> Select(SeriesSelector selector, long from, long to) => data
            .Where(series => selector.Holds(series.Labels))
            .Select(series => series with { Points = [.. series.Points.Where(point => point.Time > from && point.Time <= to)] })
            .Where(series => series.Points.Count > 0);
    }
}
