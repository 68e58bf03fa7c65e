using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Who is in the way of a job that runs: the blocking tree of each target. A script reads this part again when somebody comes or goes.</summary>
internal static class BlockingPart
{
    public static Html Of(IReadOnlyList<BlockedTarget> targets) => Html.Of($"<div id=\"blocking\" data-blocking>{targets.Select(Tree)}</div>");

    private static Html Tree(BlockedTarget one) => Html.Of($"""
        <h2>In the way on {one.Target}</h2>
        <p class="muted">As it was at {Time(one.Run.At)}.{(one.Run.Waiting > 0 ? $" {Plural.Of(one.Run.Waiting, "session")} {(one.Run.Waiting == 1 ? "waits" : "wait")} behind this run." : "")}</p>
        <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Process</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Since</th><th scope="col">Statement</th></tr></thead>
        <tbody>{one.Run.Sessions.Select(session => Row(session, one.Run.At))}</tbody></table></div>
        """);

    private static Html Row(BlockedRunSession session, DateTimeOffset at) => Html.Of($"""
        <tr{(session.IsRun ? new Html(" class=\"strong\"") : Html.None)}><th scope="row">{Indent(session.Depth)}{(session.Pid == 0 ? "" : session.Pid.ToString(CultureInfo.InvariantCulture))}</th><td>{session.Who}</td><td>{session.What}</td><td>{(session.Since is { } since ? $"{Time(since)}, {Durations.Words(TimeSpan.FromSeconds(Math.Max(0, Math.Round((at - since).TotalSeconds))))}" : "not to be seen")}</td><td><code>{session.Query}</code></td></tr>

        """);

    /// <summary>Each waits for those above it that stand further to the left.</summary>
    private static Html Indent(int depth) => depth == 0 ? Html.None : Html.Of($"<span class=\"hidden\">level {depth + 1}: </span><span aria-hidden=\"true\">{new string('\u2003', depth - 1)}└ </span>");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
