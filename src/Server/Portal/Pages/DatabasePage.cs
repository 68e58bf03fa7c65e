using System.Text.Json.Nodes;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>One database of one environment: charts out of the history, and what its server says when it is asked.</summary>
internal static class DatabasePage
{
    private static readonly (string Key, string Name)[] views = [("charts", "Charts"), ("statements", "Statements"), ("tables", "Tables"), ("indexes", "Indexes"), ("settings", "Settings"), ("roles", "Roles")];

    private static readonly string[] spans = ["1h", "6h", "1d", "7d", "30d"];

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var place = await PlaceAsync(context, parts);
        var view = views.Select(one => one.Key).FirstOrDefault(key => key == context.Request.Query["view"].ToString(), "charts");
        return Html.Of($"""
            {Head(place)}
            <nav class="tabs" aria-label="Of this database"><ul>{views.Select(one => Html.Of($"<li><a href=\"{place.Path}?view={one.Key}{place.More}\"{Current(one.Key == view)}>{one.Name}</a></li>"))}</ul></nav>
            {await ViewAsync(context, parts, place, view)}
            """);
    }

    /// <summary>A statement with its past and its plan.</summary>
    public static async Task<Html> StatementAsync(HttpContext context, ServerParts parts)
    {
        var (place, id) = (await PlaceAsync(context, parts), context.Request.RouteValues["id"] as string ?? "");
        var since = Since(context);
        var statement = await VerbData.ReadAsync(context, parts, "observe statement", ("target", place.Target), ("id", id));
        var past = await VerbData.ReadAsync(context, parts, "observe history", ("target", place.Target), ("about", "statements"), ("statement", id), ("since", since));
        return Html.Of($"""
            {Head(place)}
            <p><a href="{place.Path}?view=statements{place.More}">All statements</a></p>
            {(statement.Data is { } data ? Html.Of($"""
                <p>in <b>{(string?)data["database"]}</b> by <b>{(string?)data["user"]}</b>: {Quantity.Words((double)data["calls"]!, "number")} calls, {Quantity.Words((double)data["total_seconds"]!, "seconds")} in all, {Quantity.Words((double)data["mean_milliseconds"]! / 1000, "seconds")} each</p>
                <pre class="sql" tabindex="0">{SqlHtml.Of((string)data["text"]!)}</pre>
                <h2>Plan for any parameters</h2><p class="muted">The statement was not executed.</p><pre tabindex="0">{string.Join('\n', data["plan"]!.AsArray().Select(line => (string?)line))}</pre>
                """) : statement.Page(parts))}
            <h2>Its past</h2>{Spans($"{place.Path}/statements/{id}?", place, since)}
            {Charts(past, parts)}
            """);
    }

    private static async Task<Html> ViewAsync(HttpContext context, ServerParts parts, Place place, string view)
    {
        if (view == "charts")
            return await ChartsAsync(context, parts, place);
        var look = await VerbData.ReadAsync(context, parts, "observe inspect", ("target", place.Target), ("about", view));
        var table = look.Data is null ? look.Page(parts) : InspectHtml.Of(look.Data, id => $"{place.Path}/statements/{id}?{place.More.TrimStart('&')}", parts.Redactor);
        var caller = Guard.CallerOf(context);
        return view switch
        {
            "statements" => Html.Of($"""
                <p class="muted">Since the statistics were last reset, by the time they took, without those of Lockkeeper. A statement leads to its past and its plan.</p>{table}
                <h2>Their past</h2>{Spans($"{place.Path}?view=statements&", place, Since(context))}
                {Charts(await VerbData.ReadAsync(context, parts, "observe history", ("target", place.Target), ("about", "statements"), ("since", Since(context))), parts, look)}
                """),
            "tables" => Html.Of($"{table}<h2>Their past</h2>{Spans($"{place.Path}?view=tables&", place, Since(context))}{Charts(await VerbData.ReadAsync(context, parts, "observe history", ("target", place.Target), ("about", "tables"), ("since", Since(context))), parts)}"),
            "settings" => Html.Of($"""
                <p class="muted">What differs from what is built in, and where that comes from.</p>{table}
                <h2>Drift</h2><p>{RunForm.Of(parts, caller, "migrate verify", "Compare the schema with the migrations", new() { ["env"] = place.Environment, ["database"] = place.Database }, quiet: true)}
                {Html.If(place.Cluster is not null, () => RunForm.Of(parts, caller, "provision drift", "Compare the cluster with its declaration", new() { ["cluster"] = place.Cluster! }, quiet: true))}</p>
                """),
            _ => table,
        };
    }

    private static async Task<Html> ChartsAsync(HttpContext context, ServerParts parts, Place place)
    {
        var since = Since(context);
        var server = await VerbData.ReadAsync(context, parts, "observe history", ("target", place.Target), ("since", since));
        var pooler = place.Pooler is null ? null : await VerbData.ReadAsync(context, parts, "observe history", ("target", place.Pooler), ("about", "pooler"), ("since", since));
        return Html.Of($"""
            {Spans(place.Path + "?", place, since)}
            <div id="charts" data-refresh="15">{Charts(server, parts)}{Html.If(pooler is not null, () => Charts(pooler!, parts))}</div>
            """);
    }

    private static Html Charts(VerbData history, ServerParts parts, VerbData? statements = null)
    {
        if (history.Data is not { } data)
            return history.Page(parts);
        var (time, charts) = (Chart.TimeOf(data), data["charts"]!.AsArray());
        var rows = charts.Where(chart => chart!["lines"]!.AsArray().Count > 0).GroupBy(chart => (string)chart!["row"]!).ToList();
        var empty = charts.Where(chart => chart!["lines"]!.AsArray().Count == 0).Select(chart => (string)chart!["title"]!).ToList();
        return Html.Of($"""
            {Html.If(time.Marks.Count > 0, () => Html.Of($"<p class=\"muted\">Marked: {time.Marks.TakeLast(5).Reverse().Select(mark => Html.Of($"<a href=\"/ledger?run={Uri.EscapeDataString(mark.Run)}\">{mark.At.UtcDateTime.ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)} {mark.Words}</a> · "))}{time.Marks.Count} in this time</p>"))}
            {rows.Select(row => Html.Of($"<h2>{row.Key}</h2><div class=\"charts\">{row.Select(chart => ChartHtml.Of(Named(Chart.Of(chart!), statements), time))}</div>"))}
            {Html.If(rows.Count == 0, () => Html.Of($"<p class=\"card muted\">The history has nothing of this in this time. 'lk observe serve' fills it.</p>"))}
            {Html.If(rows.Count > 0 && empty.Count > 0, () => Html.Of($"<p class=\"muted\">Without values: {string.Join(", ", empty)}.</p>"))}
            """);
    }

    /// <summary>Lines of statements by the beginnings of their texts: nobody knows them by their ids.</summary>
    private static Chart Named(Chart chart, VerbData? statements)
    {
        if (statements?.Data?["columns"] is not JsonArray columns || columns.Select(name => (string?)name).ToList() is var names && !names.Contains("statement"))
            return chart;
        var (id, text) = (names.IndexOf("id"), names.IndexOf("statement"));
        var texts = statements.Data["rows"]!.AsArray().GroupBy(row => (string)row![id]!).ToDictionary(rows => rows.Key, rows => string.Join(' ', ((string)rows.First()![text]!).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return chart with { Lines = [.. chart.Lines.Select(line => texts.TryGetValue(line.Name, out var words) ? line with { Name = words.Length > 48 ? words[..48] + "…" : words } : line)] };
    }

    private static Html Head(Place place) => Html.Of($"""
        <p><b>{place.Database}</b> in <b>{place.Environment}</b> <span class="muted">observed as {place.Target}</span>{Html.If(place.Targets.Count > 1, () => Html.Of($" · {place.Targets.Select(target => Html.Of($"<a href=\"{place.Path}?target={Uri.EscapeDataString(target)}\"{Current(target == place.Target)}>{target}</a> "))}"))}</p>
        """);

    private static Html Spans(string path, Place place, string since) => Html.Of($"""
        <nav class="spans" aria-label="How far back"><ul>{spans.Select(one => Html.Of($"<li><a href=\"{path}since={one}{place.More}\"{Current(one == since)}>{one}</a></li>"))}</ul></nav>
        """);

    private static Html Current(bool holds) => holds ? new Html(" aria-current=\"true\"") : Html.None;

    private static string Since(HttpContext context) => context.Request.Query["since"].ToString() is { Length: > 0 } given && spans.Contains(given) ? given : "6h";

    private static async Task<Place> PlaceAsync(HttpContext context, ServerParts parts)
    {
        var (environment, database) = ((string)context.Request.RouteValues["environment"]!, (string)context.Request.RouteValues["database"]!);
        Guard.CallerOf(context).Require(Role.Viewer, environment, database);
        var all = await VerbData.ReadAsync(context, parts, "observe targets");
        if (all.Error is { } error)
            throw error;
        var targets = all.Data!["targets"]!.AsArray().Where(one => (string?)one!["environment"] == environment).ToList();
        var (own, clusters) = ($"{environment}/{database}", targets.Where(one => (bool)one!["all_databases"]! && (string?)one["engine"] == "postgres").Select(Name).ToList());
        var names = clusters.Count > 0 ? clusters : [.. targets.Select(Name).Where(name => name == own || name.StartsWith(own + "/", StringComparison.Ordinal))];
        if (names.Count == 0)
            throw WebServer.NoSuchPlace();
        var asked = context.Request.Query["target"].ToString();
        var target = names.Contains(asked) ? asked : names[0];
        var cluster = clusters.Count > 0 ? target.Split('/')[0] : null;
        return new Place(environment, database, target, names, cluster, targets.Select(Name).FirstOrDefault(name => cluster is not null && name == "pgbouncer://" + cluster));

        static string Name(JsonNode? one) => (string)one!["name"]!;
    }

    /// <summary>What the page is about.</summary>
    private sealed record Place(string Environment, string Database, string Target, IReadOnlyList<string> Targets, string? Cluster, string? Pooler)
    {
        public string Path => $"/databases/{Uri.EscapeDataString(Environment)}/{Uri.EscapeDataString(Database)}";

        /// <summary>What keeps the choice of one of several targets.</summary>
        public string More => Target == Targets[0] ? "" : "&target=" + Uri.EscapeDataString(Target);
    }
}
