using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lockkeeper.Observe.Dashboards;

/// <summary>A dashboard as a file that Grafana imports or provisions (schema version 39, Grafana 11): https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/.</summary>
internal static class GrafanaJson
{
    private const int Height = 8;
    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Dashboard dashboard)
    {
        var panels = new JsonArray();
        var (id, y) = (0, 0);
        foreach (var row in dashboard.Rows)
        {
            panels.Add(new JsonObject { ["id"] = ++id, ["type"] = "row", ["title"] = row.Title, ["collapsed"] = false, ["gridPos"] = Place(0, y, 24, 1), ["panels"] = new JsonArray() });
            y++;
            var x = 0;
            foreach (var panel in row.Panels)
            {
                if (x + panel.Width > 24)
                {
                    x = 0;
                    y += HeightOf(panel);
                }

                panels.Add(Of(panel, ++id, Place(x, y, panel.Width, HeightOf(panel))));
                x += panel.Width;
            }

            y += HeightOf(row.Panels[^1]);
        }

        return new JsonObject
        {
            ["uid"] = dashboard.Id,
            ["title"] = dashboard.Title,
            ["tags"] = new JsonArray("lockkeeper", "postgresql"),
            ["schemaVersion"] = 39,
            ["editable"] = true,
            ["graphTooltip"] = 1,
            ["refresh"] = "30s",
            ["time"] = new JsonObject { ["from"] = "now-3h", ["to"] = "now" },
            ["templating"] = new JsonObject { ["list"] = Variables(dashboard) },
            ["annotations"] = new JsonObject { ["list"] = new JsonArray(Restarts(dashboard)) },
            ["panels"] = panels,
        }.ToJsonString(indented) + "\n";
    }

    private static int HeightOf(Panel panel) => panel.Kind == PanelKind.Number ? Height / 2 : Height;

    private static JsonObject Place(int x, int y, int width, int height) => new() { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height };

    private static JsonObject Source() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    private static JsonArray Variables(Dashboard dashboard)
    {
        var list = new JsonArray(new JsonObject { ["name"] = "datasource", ["label"] = "Prometheus", ["type"] = "datasource", ["query"] = "prometheus" });
        if (dashboard.ByTarget)
        {
            list.Add(Variable("target", "Target", "label_values(pg_up, target)", multi: false));
            list.Add(Variable("datname", "Database", "label_values(pg_stat_database_numbackends{target=\"$target\"}, datname)", multi: true));
        }

        return list;
    }

    private static JsonObject Variable(string name, string label, string query, bool multi) => new()
    {
        ["name"] = name, ["label"] = label, ["type"] = "query", ["datasource"] = Source(), ["query"] = new JsonObject { ["query"] = query, ["refId"] = name }, ["refresh"] = 2, ["sort"] = 1,
        ["multi"] = multi, ["includeAll"] = multi, ["allValue"] = multi ? ".+" : null,
    };

    /// <summary>A restart explains most steps in a chart, so it is marked in all of them.</summary>
    private static JsonObject Restarts(Dashboard dashboard) => new()
    {
        ["name"] = "restarts", ["enable"] = true, ["iconColor"] = "orange", ["datasource"] = Source(),
        ["expr"] = $"changes(pg_postmaster_start_time_seconds{(dashboard.ByTarget ? "{target=\"$target\"}" : "")}[1m]) > 0", ["titleFormat"] = "restart of {{target}}",
    };

    private static JsonObject Of(Panel panel, int id, JsonObject place) => new()
    {
        ["id"] = id,
        ["type"] = panel.Kind switch { PanelKind.Number => "stat", PanelKind.Table => "table", _ => "timeseries" },
        ["title"] = panel.Title,
        ["description"] = panel.Help,
        ["datasource"] = Source(),
        ["gridPos"] = place,
        ["fieldConfig"] = new JsonObject { ["defaults"] = Defaults(panel), ["overrides"] = new JsonArray() },
        ["options"] = Options(panel),
        ["targets"] = new JsonArray([.. panel.Queries.Select((query, i) => (JsonNode)new JsonObject
        {
            ["refId"] = ((char)('A' + i)).ToString(), ["datasource"] = Source(), ["expr"] = query.Expression, ["legendFormat"] = query.Legend,
            ["instant"] = panel.Kind is PanelKind.Table or PanelKind.Number, ["range"] = panel.Kind is not (PanelKind.Table or PanelKind.Number), ["format"] = panel.Kind == PanelKind.Table ? "table" : "time_series",
        })]),
    };

    private static JsonObject Defaults(Panel panel)
    {
        var defaults = new JsonObject
        {
            ["unit"] = panel.Unit switch { PanelUnit.PerSecond => "ops", PanelUnit.Seconds => "s", PanelUnit.Bytes => "bytes", PanelUnit.BytesPerSecond => "Bps", PanelUnit.Ratio => "percentunit", _ => "short" },
        };
        if (panel.Unit == PanelUnit.Ratio)
            (defaults["min"], defaults["max"]) = (0, 1);
        if (panel.Kind is PanelKind.Lines or PanelKind.Stacked)
        {
            defaults["custom"] = new JsonObject
            {
                ["fillOpacity"] = panel.Kind == PanelKind.Stacked ? 30 : 5,
                ["stacking"] = new JsonObject { ["mode"] = panel.Kind == PanelKind.Stacked ? "normal" : "none" },
                // A hole is shown as a hole: a line drawn over it would say what nobody has seen.
                ["spanNulls"] = false,
            };
        }

        return defaults;
    }

    private static JsonObject Options(Panel panel) => panel.Kind switch
    {
        PanelKind.Number => new JsonObject { ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull") }, ["colorMode"] = "value" },
        PanelKind.Table => new JsonObject { ["showHeader"] = true },
        _ => new JsonObject { ["legend"] = new JsonObject { ["displayMode"] = "list", ["placement"] = "bottom" }, ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" } },
    };
}
