using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The ledger: searchable, and said to be whole or not.</summary>
internal static class LedgerPage
{
    private const int Shown = 100;

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var search = LedgerSearch.Of(context.Request);
        var chain = await VerbData.ReadAsync(context, parts, "ledger verify");
        using var workspace = parts.WorkspaceOf(Guard.CallerOf(context).Name, new SilentProgress());
        var (newest, count) = (new Queue<LedgerEntry>(), 0L);
        await foreach (var entry in search.ReadAsync(workspace, context.RequestAborted))
        {
            newest.Enqueue(entry);
            if (++count > Shown)
                newest.Dequeue();
        }

        var more = count > Shown ? newest.Peek().Number : 0;
        return Html.Of($"""
            {chain.Page(parts)}
            <form class="row card" method="get" action="/ledger">{Field("run", "Run", search.Run)}{Field("actor", "Who", search.Actor)}{Field("environment", "Environment", search.Environment)}{Field("database", "Database", search.Database)}
            <div><label for="duty">Duty</label><select id="duty" name="duty"><option value="">all</option>{LedgerSearch.Duties.Select(duty => Html.Of($"<option{(duty == search.Duty ? new Html(" selected") : Html.None)}>{duty}</option>"))}</select></div>{Field("word", "Anything in it", search.Word)}<button class="quiet">Show</button></form>
            <p class="bar"><span class="muted">{count} {(count == 1 ? "entry" : "entries")}{(search.Before > 0 ? $" before {search.Before}" : "")}{(more > 0 ? $", the newest {Shown} of them below" : "")}</span>
            <span>Export: <a href="/ledger/export?format=csv&amp;{search.Query()}">CSV</a> <a href="/ledger/export?format=jsonl&amp;{search.Query()}">JSON lines</a></span></p>
            {LedgerTable.Of([.. newest.Reverse()], parts.Redactor)}
            <p class="bar">{Html.If(search.Before > 0, () => Html.Of($"<a href=\"/ledger?{search.Query()}\">Newest</a>"))} {Html.If(more > 0, () => Html.Of($"<a href=\"/ledger?{search.Query(more)}\">Older</a>"))}</p>
            """);
    }

    private static Html Field(string name, string label, string value) => Html.Of($"<div><label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" value=\"{value}\"></div>");
}
