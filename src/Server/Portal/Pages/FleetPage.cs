using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Every database of every environment, as it was when it was last asked: what it runs, what is pending, what is wrong.</summary>
internal static class FleetPage
{
    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        IReadOnlyList<(string Database, string Environment)> declared;
        using (var workspace = parts.WorkspaceOf(Guard.CallerOf(context).Name, new SilentProgress()))
            declared = [.. workspace.Config.Databases.SelectMany(database => workspace.Config.Environments.Where(environment => environment.Targets.ContainsKey(database.Name)).Select(environment => (database.Name, environment.Name)))];
        var known = await parts.Fleet.LookAsync([.. declared.Select(one => one.Database).Distinct()], context.RequestAborted);
        var alerts = await VerbData.ReadAsync(context, parts, "observe alerts list");
        var firing = (alerts.Data?["alerts"]?.AsArray() ?? []).Where(alert => (string?)alert!["phase"] == "firing" && (bool?)alert["silenced"] != true).CountBy(alert => (string)alert!["target"]!).ToDictionary(StringComparer.Ordinal);
        var rows = declared.Select(one => Row.Of(one.Database, one.Environment, known.GetValueOrDefault(one.Database), firing) with
        {
            Seen = parts.Fleet.Seen.OfDatabase(one.Environment, one.Database), Drift = parts.Fleet.Drift.Of(one.Environment, one.Database),
        }).ToList();
        var (down, pending, drifted, unread) = (rows.Count(row => row.Error is not null), rows.Sum(row => row.Pending ?? 0), rows.Count(row => row.Drift.Any(part => part.Last?.Differences > 0)), rows.Count(row => row.At is null));
        var now = parts.Clock.GetUtcNow();
        var oldest = rows.Min(row => row.At);
        return Html.Of($"""
            <div id="fleet-now" data-refresh="{(unread > 0 ? 2 : 15)}">
            <div class="tiles">{Tile(rows.Count, Plain(rows.Count, "database"), "")}{Tile(down, down == 1 ? "does not answer" : "do not answer", down > 0 ? "bad" : "good")}{Tile(pending, Plain(pending, "migration") + " pending", pending > 0 ? "warning" : "good")}{Tile(drifted, Plain(drifted, "database") + " drifted", drifted > 0 ? "bad" : "")}{Tile(firing.Values.Sum(), Plain(firing.Values.Sum(), "alert") + " firing", firing.Count > 0 ? "bad" : "good")}</div>
            <p class="muted">{(unread > 0 ? $"{unread} of {rows.Count} are being read." : oldest is { } at ? $"As of {Durations.Words(TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling((now - at).TotalSeconds))))} ago." : "The project declares no database.")}</p></div>
            {Html.If(rows.Count > 0, () => Html.Of($"""
                <p><label for="find">Find a database</label><input id="find" type="search" data-filter="#fleet" placeholder="name, environment, version …"></p>
                <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Database</th><th scope="col">Environment</th><th scope="col">State</th><th scope="col" class="number">Alerts</th><th scope="col">Server</th><th scope="col" class="number">Size</th><th scope="col" class="number">Lag</th><th scope="col">Backup</th><th scope="col">Last drill</th><th scope="col">Drift</th><th scope="col" class="number">Pending</th><th scope="col">Release</th></tr></thead>
                <tbody id="fleet" data-refresh="{(unread > 0 ? 2 : 15)}">{rows.Select(row => row.Html(now))}</tbody></table></div>
                """))}
            """);
    }

    private static Html Tile(int number, string words, string tone) => Html.Of($"<div class=\"card tile\"><b class=\"{tone}\">{number}</b>{words}</div>");

    private static string Plain(int count, string noun) => Plural.Of(count, noun)[$"{count} ".Length..];

    /// <summary>A database in an environment; what is null is not known yet.</summary>
    private sealed record Row(string Database, string Environment, DateTimeOffset? At, string? Error, int? Applied, int? Pending, int Findings, int Alerts, string? Server, string? Release)
    {
        public SeenTarget? Seen { get; init; }

        public IReadOnlyList<DriftPart> Drift { get; init; } = [];

        public static Row Of(string database, string environment, KnownStatus? known, Dictionary<string, int> firing)
        {
            var alerts = firing.GetValueOrDefault($"{environment}/{database}");
            return known?.Environments.GetValueOrDefault(environment) is not { } there
                ? new Row(database, environment, known?.At, known is null ? null : known.Error ?? "its state was not read", null, null, 0, alerts, null, null)
                : new Row(database, environment, known.At, there.Error, there.Applied, there.Pending, there.Findings, alerts, there.Server, there.Release);
        }

        private static string Age(double? seconds) => seconds is { } age ? $"{Quantity.Words(age, "seconds")} ago" : "";

        /// <summary>One line a part. Where nobody has looked that is said: an empty cell would read as none.</summary>
        private static Html DriftOf(DriftPart part, DateTimeOffset now) => part.Last is not { } last
            ? Web.Html.Of($"<div class=\"muted\">{part.Name}: not looked at</div>")
            : Web.Html.Of($"<div>{part.Name}: <a class=\"pill {(last.Differences > 0 ? "bad" : "good")}\" href=\"/ledger?run={last.Run}\">{(last.Differences > 0 ? Plural.Of(last.Differences, "difference") : "none")}</a> {Age(Math.Max(0, Math.Ceiling((now - last.At).TotalSeconds)))}</div>");

        public Html Html(DateTimeOffset now)
        {
            var (word, tone) = At is null ? ("not read yet", "") : Error is not null ? ("does not answer", "bad") : Findings > 0 ? (Plural.Of(Findings, "finding"), "warning") : Pending > 0 ? ("behind", "warning") : ("up to date", "good");
            var answers = At is not null && Error is null;
            return Web.Html.Of($"""
                <tr><th scope="row"><a href="/databases/{Uri.EscapeDataString(Environment)}/{Uri.EscapeDataString(Database)}">{Database}</a></th><td>{Environment}</td><td><span class="pill {tone}">{word}</span></td><td class="number">{(Alerts > 0 ? Web.Html.Of($"<a class=\"pill bad\" href=\"/alerts\">{Alerts}</a>") : Web.Html.None)}</td><td>{Server}{(Seen?.Role is "standby" ? " standby" : "")}</td>
                <td class="number">{(Seen?.SizeBytes is { } size ? Quantity.Words(size, "bytes") : "")}</td><td class="number">{(Seen?.LagSeconds is { } lag ? Quantity.Words(lag, "seconds") : "")}</td><td>{Age(Seen?.BackupAgeSeconds)}</td><td>{(Seen?.DrillPassed == false ? Web.Html.Of($"<span class=\"pill bad\">failed</span> ") : Web.Html.None)}{Age(Seen?.DrillAgeSeconds)}</td>
                <td>{Drift.Select(part => DriftOf(part, now))}</td><td class="number">{(answers ? $"{Pending}" : "")}</td><td>{Error ?? Release}</td></tr>

                """);
        }
    }
}
