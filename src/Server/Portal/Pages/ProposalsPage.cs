using Lockkeeper.Server.Proposals;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>What agents would like to be done, and one proposal with what it would do now.</summary>
internal static class ProposalsPage
{
    public static Task<Html> ListAsync(HttpContext context, ServerParts parts)
    {
        var now = parts.Clock.GetUtcNow();
        var (open, over) = (new List<Proposal>(), new List<Proposal>());
        foreach (var proposal in parts.Proposals.All())
            (proposal.IsOpen(now) ? open : over).Add(proposal);
        return Task.FromResult(Html.Of($"""
            {(open.Count == 0
                ? Html.Of($"<p class=\"muted\">Nothing waits. Agents that use <code>lk mcp</code> change nothing: what would change something waits here, for a day, until a person carries it out.</p>")
                : Table(open, now))}
            {Html.If(over.Count > 0, () => Html.Of($"<h2>Decided or expired</h2>{Table(over, now)}"))}
            """));
    }

    public static async Task<Html> ShowAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        var proposal = parts.Proposals.Get(context.Request.RouteValues["id"] as string ?? "");
        var look = await VerbData.ReadAsync(context, parts, "proposal show", ("id", proposal.Id));
        var id = new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = proposal.Id };
        var may = proposal.IsOpen(parts.Clock.GetUtcNow()) && parts.Verbs.TryGetValue(proposal.Verb, out var verb) && Access.VerbRights.Allows(caller, verb, proposal.Values);
        return Html.Of($"""
            {look.Page(parts)}
            {Html.If(may, () => Html.Of($"""
                <p>{RunForm.Of(parts, caller, "proposal run", "Carry it out", id, $"Run '{proposal.CommandLine}' in your name?", allowed: true)}
                {RunForm.Of(parts, caller, "proposal refuse", "Refuse", id, quiet: true, allowed: true)}</p>
                """))}
            """);
    }

    private static Html Table(IEnumerable<Proposal> proposals, DateTimeOffset now) => Html.Of($"""
        <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Proposal</th><th scope="col">State</th><th scope="col">Command</th><th scope="col">By</th><th scope="col">Because</th></tr></thead>
        <tbody>{proposals.Select(one => Html.Of($"<tr><th scope=\"row\"><a href=\"/proposals/{one.Id}\">{one.Id}</a></th><td>{Words(one, now)}</td><td><code>{one.CommandLine}</code></td><td>{one.ProposedBy}</td><td>{one.Reason}</td></tr>"))}</tbody></table></div>
        """);

    private static string Words(Proposal one, DateTimeOffset now) => one.State switch
    {
        ProposalState.Waiting => one.IsOpen(now) ? "waits" : "expired",
        ProposalState.Running => $"{one.DecidedBy} carries it out",
        ProposalState.Done => $"{one.DecidedBy} carried it out",
        _ => $"{one.DecidedBy} refused it",
    };
}
