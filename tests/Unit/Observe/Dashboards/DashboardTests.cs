using System.Text.Json.Nodes;
using Lockkeeper.Observe.Dashboards;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql.Dashboards;
using Lockkeeper.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Dashboards;

public sealed class DashboardTests
{
    [Fact]
    public void every_panel_looks_at_metrics_and_labels_that_the_exporter_gives()
    {
        foreach (var (panel, query) in AllDashboards.Charted.SelectMany(dashboard => dashboard.Rows).SelectMany(row => row.Panels).SelectMany(panel => panel.Queries.Select(query => (panel, query))))
        {
            var expression = PromQlExpression.Parse(query.Expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal));
            foreach (var (selector, _) in expression.Selectors())
            {
                var metric = MetricCatalogue.All.FirstOrDefault(one => one.IsPattern ? selector.Metric!.StartsWith(one.Name.TrimEnd('*'), StringComparison.Ordinal) : one.Name == selector.Metric).ShouldNotBeNull($"{panel.Title}: {selector.Metric}");
                foreach (var matcher in selector.Matchers)
                    metric.Labels.Append("target").ShouldContain(matcher.Label, $"{panel.Title}: {selector.Metric}");
            }
        }
    }

    [Fact]
    public void a_dashboard_is_json_that_grafana_reads_with_panels_that_do_not_cover_each_other()
    {
        AllDashboards.All.Select(dashboard => dashboard.Id).ShouldBeUnique();
        foreach (var dashboard in AllDashboards.All)
        {
            var json = JsonNode.Parse(GrafanaJson.Of(dashboard))!;
            json["uid"]!.GetValue<string>().ShouldBe(dashboard.Id);
            var panels = json["panels"]!.AsArray().Select(panel => panel!).ToList();
            panels.Select(panel => panel["id"]!.GetValue<int>()).ShouldBeUnique();
            var cells = panels.SelectMany(panel => Cells(panel["gridPos"]!)).ToList();
            cells.ShouldBeUnique();
            cells.ShouldAllBe(cell => cell.X < 24);
            panels.Where(panel => panel["type"]!.GetValue<string>() != "row").ShouldAllBe(panel => panel["description"]!.GetValue<string>().Length > 5);
        }
    }

    private static IEnumerable<(int X, int Y)> Cells(JsonNode place)
    {
        for (var x = 0; x < place["w"]!.GetValue<int>(); x++)
        {
            for (var y = 0; y < place["h"]!.GetValue<int>(); y++)
                yield return (place["x"]!.GetValue<int>() + x, place["y"]!.GetValue<int>() + y);
        }
    }
}
