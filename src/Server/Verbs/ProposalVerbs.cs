using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Proposals;

namespace Lockkeeper.Server.Verbs;

/// <summary><c>lk proposal list|show|run|refuse</c>: what agents would like to be done.</summary>
internal static class ProposalVerbs
{
    private static readonly Parameter Id = new("id", ParameterKind.Text, "The proposal, as the list names it") { Positional = true, Required = true, ValueName = "ID" };

    private static readonly Parameter All = new("all", ParameterKind.Flag, "Those that do not wait any more too");

    /// <summary>Declares them.</summary>
    /// <param name="verbs">The verbs that can be proposed.</param>
    public static IReadOnlyList<Verb> Declare(IReadOnlyList<Verb> verbs) =>
    [
        new Verb
        {
            Path = "proposal list",
            Summary = "list what agents would like to be done",
            Details = "Agents that use 'lk mcp' change nothing: what would change something waits here, for a day, until a person carries it out or refuses it.",
            Effect = VerbEffect.Reads,
            Parameters = [All],
            Examples = [new VerbExample("lk proposal list", "shows what waits for a person")],
            ReportType = () => ProposalReports.Default.ProposalListReport,
            Handler = ListAsync,
        },
        new Verb
        {
            Path = "proposal show",
            Summary = "show a proposal and what it would do now",
            Effect = VerbEffect.Reads,
            Parameters = [Id],
            Examples = [new VerbExample("lk proposal show 20261122-101500-3fa2", "shows the plan as it is now")],
            ReportType = () => ProposalReports.Default.ProposalReport,
            Handler = (call, cancel) => ShowAsync(verbs, call, cancel),
        },
        new Verb
        {
            Path = "proposal run",
            Summary = "carry out what an agent proposed, in your name",
            Details = "Runs the command that was proposed as if you had typed it with --yes, if it would still do what was proposed; otherwise nothing is done. Windows, gates and approvals hold as they always do, and the request for an approval is yours.",
            Effect = VerbEffect.Local,
            Parameters = [Id],
            Examples = [new VerbExample("lk proposal run 20261122-101500-3fa2", "does what was proposed")],
            ReportType = () => ProposalReports.Default.ProposalReport,
            Handler = (call, cancel) => RunAsync(verbs, call, cancel),
        },
        new Verb
        {
            Path = "proposal refuse",
            Summary = "refuse what an agent proposed",
            Effect = VerbEffect.Local,
            Parameters = [Id],
            Examples = [new VerbExample("lk proposal refuse 20261122-101500-3fa2", "nobody carries it out any more")],
            ReportType = () => ProposalReports.Default.ProposalReport,
            Handler = RefuseAsync,
        },
    ];

    private static async Task<Report> ListAsync(VerbCall call, CancellationToken cancel)
    {
        using var documents = await DocumentStores.OpenAsync(call.Workspace, cancel);
        var now = call.Workspace.Clock.GetUtcNow();
        var proposals = new ProposalStore(documents).All().Where(one => call.Flag(All) || one.IsOpen(now)).ToList();
        IReadOnlyList<Block> text = proposals.Count == 0
            ? [new Line("nothing waits", Tone.Muted)]
            : [new Table(["PROPOSAL", "STATE", "BY", "COMMAND"], [.. proposals.Select(one => (IReadOnlyList<Cell>)[one.Id, Words(one, now), one.ProposedBy, one.CommandLine])])];
        return Report.Of(new ProposalListReport([.. proposals.Select(one => Of(one, now))]), () => ProposalReports.Default.ProposalListReport, text);
    }

    private static async Task<Report> ShowAsync(IReadOnlyList<Verb> verbs, VerbCall call, CancellationToken cancel)
    {
        using var documents = await DocumentStores.OpenAsync(call.Workspace, cancel);
        var (proposal, now) = (new ProposalStore(documents).Get(call.Required(Id)), call.Workspace.Clock.GetUtcNow());
        var text = new List<Block> { new Heading(proposal.CommandLine), new Line($"{Words(proposal, now)}, proposed by {proposal.ProposedBy} at {proposal.ProposedAt:yyyy-MM-dd HH:mm:ss'Z'}") };
        if (proposal.Reason.Length > 0)
            text.Add(new Line($"because: {proposal.Reason}"));
        if (proposal.IsOpen(now))
        {
            if (proposal.PlanHash is { } hash)
            {
                var plan = await VerbRun.RunAsync(new VerbCall(VerbOf(verbs, proposal), ProposalRun.Dry(proposal.Values), call.Workspace), cancel);
                text.Add(PlanHash.Of(proposal.Verb, plan, call.Workspace.Redactor) == hash ? new Line("it would do now what was proposed:", Tone.Good) : new Line("it would do something else now than what was proposed, and cannot be carried out:", Tone.Bad));
                text.AddRange(plan.Text);
            }

            text.Add(new Line($"carry it out with: lk proposal run {proposal.Id}", Tone.Muted));
        }

        return Report.Of(Of(proposal, now), () => ProposalReports.Default.ProposalReport, text);
    }

    private static async Task<Report> RunAsync(IReadOnlyList<Verb> verbs, VerbCall call, CancellationToken cancel)
    {
        using var documents = await DocumentStores.OpenAsync(call.Workspace, cancel);
        var store = new ProposalStore(documents);
        var proposal = store.Get(call.Required(Id));
        var report = await ProposalRun.RunAsync(proposal, VerbOf(verbs, proposal), store, call.Workspace, cancel);
        var answer = JsonAnswer.Of(proposal.Verb, report, call.Workspace.Redactor);
        using var read = JsonDocument.Parse(answer);
        return Report.Of(Of(store.Get(proposal.Id), call.Workspace.Clock.GetUtcNow()) with { Answer = read.RootElement.Clone() }, () => ProposalReports.Default.ProposalReport, report.Text, report.Exit).WithError(report.Error);
    }

    private static async Task<Report> RefuseAsync(VerbCall call, CancellationToken cancel)
    {
        using var documents = await DocumentStores.OpenAsync(call.Workspace, cancel);
        var store = new ProposalStore(documents);
        var proposal = store.Get(call.Required(Id));
        await ProposalRun.RefuseAsync(proposal, store, call.Workspace, cancel);
        return Report.Of(Of(store.Get(proposal.Id), call.Workspace.Clock.GetUtcNow()), () => ProposalReports.Default.ProposalReport, [new Line($"{call.Workspace.Actor} refused proposal {proposal.Id}: {proposal.CommandLine}", Tone.Good)]);
    }

    private static Verb VerbOf(IReadOnlyList<Verb> verbs, Proposal proposal) => verbs.FirstOrDefault(verb => verb.Path == proposal.Verb)
        ?? throw new LockkeeperException(ServerErrors.NoSuchProposal, $"this program has no verb '{proposal.Verb}'", "The proposal was made by another version of lk; have it proposed again.");

    private static ProposalReport Of(Proposal one, DateTimeOffset now) =>
        new(one.Id, Words(one, now), one.Verb, one.Values, one.CommandLine, one.ProposedBy, one.ProposedAt, one.Reason, one.DecidedBy, one.DecidedAt);

    private static string Words(Proposal one, DateTimeOffset now) =>
        one.State == ProposalState.Waiting && !one.IsOpen(now) ? "expired" : one.State.ToString().ToLowerInvariant();
}

/// <summary>What <c>lk proposal list</c> answers.</summary>
internal sealed record ProposalListReport(IReadOnlyList<ProposalReport> Proposals);

/// <summary>What the other verbs of <c>lk proposal</c> answer; with <c>run</c>, <c>answer</c> is what the verb itself answered.</summary>
internal sealed record ProposalReport(
    string Id, string State, string Verb, IReadOnlyDictionary<string, string> Values, string Command, string ProposedBy, DateTimeOffset ProposedAt, string Reason, string? DecidedBy, DateTimeOffset? DecidedAt, JsonElement? Answer = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProposalListReport))]
[JsonSerializable(typeof(ProposalReport))]
internal sealed partial class ProposalReports : JsonSerializerContext;
