using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal;

/// <summary>What stands around a page.</summary>
/// <param name="Title">The page's title.</param>
/// <param name="Path">Its path, which is marked in the navigation.</param>
/// <param name="Caller">Who looks at it; null before the sign-in.</param>
internal sealed record PageFrame(string Title, string Path, Caller? Caller);

/// <summary>The frame of every page.</summary>
internal static class Layout
{
    private static readonly (string Path, string Name, Role Role)[] places =
    [
        ("/", "Fleet", Role.Viewer), ("/pipeline", "Pipeline", Role.Viewer), ("/alerts", "Alerts", Role.Viewer), ("/backups", "Backups", Role.Viewer),
        ("/provision", "Provision", Role.Viewer), ("/proposals", "Proposals", Role.Viewer),
        ("/jobs", "Jobs", Role.Viewer), ("/schedules", "Schedules", Role.Viewer), ("/ledger", "Ledger", Role.Viewer), ("/docs", "Docs", Role.Viewer), ("/people", "People", Role.Admin),
    ];

    /// <summary>A whole page.</summary>
    public static Html Of(PageFrame frame, Html content) => Html.Of($"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{frame.Title} · Lockkeeper</title><link rel="stylesheet" href="/assets/lockkeeper.css"><link rel="icon" href="/assets/icon.svg"><script src="/assets/live.js" defer></script></head>
        <body><a class="skip" href="#content">Skip to the content</a>
        {Html.If(frame.Caller is not null, () => Navigation(frame))}
        <main id="content"{(frame.Caller is null ? new Html(" class=\"narrow\"") : Html.None)}><h1>{frame.Title}</h1>
        {content}
        </main></body></html>
        """);

    /// <summary>The hidden field that every form of a session needs.</summary>
    public static Html ForgeryField(Caller caller) => Html.Of($"<input type=\"hidden\" name=\"{Guard.ForgeryField}\" value=\"{caller.ForgeryKey}\">");

    private static Html Navigation(PageFrame frame) => Html.Of($"""
        <header><a class="brand" href="/">Lockkeeper</a>
        <nav aria-label="Pages"><ul>{places.Where(place => frame.Caller!.May(place.Role) || place.Role == Role.Viewer).Select(place => Html.Of($"<li><a href=\"{place.Path}\"{(place.Path == frame.Path ? new Html(" aria-current=\"page\"") : Html.None)}>{place.Name}</a></li>"))}</ul></nav>
        <form class="who" method="post" action="/sign-out">{ForgeryField(frame.Caller!)}<a href="/account">{frame.Caller!.Name}</a> <button class="quiet">Sign out</button></form></header>
        """);
}
