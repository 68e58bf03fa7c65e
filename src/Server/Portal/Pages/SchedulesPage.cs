using System.Globalization;
using Lockkeeper.Server.Schedules;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>What the server does by itself, when it did so last and when it will again.</summary>
internal static class SchedulesPage
{
    public static Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        _ = context;
        var all = ScheduleList.Of(parts);
        return Task.FromResult(all.Count == 0
            ? Html.Of($"<p class=\"muted\">Nothing is scheduled: write 'server: schedules:' into lockkeeper.yaml, or 'by: server' into the schedule of a cluster's backups.</p>")
            : Html.Of($"""
                <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Schedule</th><th scope="col">What</th><th scope="col">When</th><th scope="col">Last</th><th scope="col">Next</th></tr></thead>
                <tbody>{all.Select(one => Html.Of($"<tr><th scope=\"row\">{one.Schedule.Name}</th><td>{Words(one.Schedule)}</td><td>{one.Schedule.Cron} {one.Schedule.Zone}</td><td>{Last(one)}</td><td>{Next(one)}</td></tr>"))}</tbody></table></div>
                """));
    }

    private static Html Last(ScheduleState one) => one.Mark?.Due is not { } due
        ? Html.Of($"<span class=\"muted\">not yet</span>")
        : Html.Of($"{(one.Mark.Job is { } job ? Html.Of($"<a href=\"/jobs/{job}\">{Time(due)}</a>") : Html.Of($"{Time(due)}"))} {(one.Last is { } last ? JobsPage.Pill(last) : Html.None)} {(one.Mark.Note is { } note ? Html.Of($"<span class=\"muted\">{note}</span>") : Html.None)}");

    private static Html Next(ScheduleState one) => one.Problem is { } problem
        ? Html.Of($"<span class=\"pill bad\">does not run</span> {problem.Message}")
        : Html.Of($"{(one.Next is { } next ? Time(next) : "")}");

    private static string Words(Schedule schedule) => string.Join(' ', [schedule.Verb, .. schedule.Values.Select(pair => pair.Value == "true" ? $"--{pair.Key}" : $"--{pair.Key} {pair.Value}")]);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
