using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Api;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Proposals;
using ModelContextProtocol.Protocol;

namespace Lockkeeper.Server.Mcp;

/// <summary>The verbs as tools of an agent.</summary>
/// <param name="verbs">The verbs that are offered.</param>
/// <param name="surroundings">Where calls run.</param>
/// <param name="proposals">Where proposals wait.</param>
/// <param name="agent">The name that calls are made in.</param>
/// <param name="clock">The clock.</param>
internal sealed class AgentTools(IReadOnlyList<Verb> verbs, Surroundings surroundings, ProposalStore proposals, string agent, TimeProvider clock)
{
    private const string ReasonName = "reason";

    private readonly Dictionary<string, Verb> byName = verbs.Where(verb => AgentRights.Of(verb) != AgentMay.Nothing).ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The tools, in the order of the help.</summary>
    public IList<Tool> List() => [.. verbs.Where(verb => AgentRights.Of(verb) != AgentMay.Nothing).Select(Describe)];

    /// <summary>Calls one.</summary>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">The values given.</param>
    /// <param name="progress">Where it says what it is doing.</param>
    /// <param name="cancel">The agent takes the call back.</param>
    public async Task<CallToolResult> CallAsync(string name, IDictionary<string, JsonElement>? arguments, IProgressSink progress, CancellationToken cancel)
    {
        try
        {
            if (!byName.TryGetValue(name, out var verb))
                throw new LockkeeperException(ServerErrors.NoSuchPlace, $"there is no tool {name}", "List the tools again.");
            var values = Read(verb, arguments);
            return AgentRights.Of(verb) == AgentMay.Call ? await RunAsync(verb, values, progress, cancel) : await ProposeAsync(verb, values, progress, cancel);
        }
        catch (LockkeeperException e)
        {
            return Answer(JsonAnswer.Of(name, e, surroundings.Redactor), isError: true);
        }
    }

    private static string NameOf(Verb verb) => verb.Path.Replace(' ', '_');

    private static Tool Describe(Verb verb)
    {
        var proposes = AgentRights.Of(verb) == AgentMay.Propose;
        var schema = ParameterSchema.Of(AgentRights.ParametersOf(verb));
        if (proposes)
            schema["properties"]![ReasonName] = new JsonObject { ["type"] = "string", ["description"] = "Why this should be done, for the person who decides" };
        return new Tool
        {
            Name = NameOf(verb),
            Title = $"lk {verb.Path}",
            Description = (proposes ? $"PROPOSES, and changes nothing: {verb.Summary}. Answers with what would be done; a person looks at it and carries it out or refuses it. " : $"{verb.Summary}. ") + verb.Details,
            InputSchema = JsonSerializer.SerializeToElement(schema, ToolJson.Default.JsonObject),
            Annotations = new ToolAnnotations { ReadOnlyHint = !proposes, DestructiveHint = false, IdempotentHint = !proposes, OpenWorldHint = false },
        };
    }

    private static Dictionary<string, string> Read(Verb verb, IDictionary<string, JsonElement>? arguments)
    {
        var open = AgentRights.ParametersOf(verb).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        if (AgentRights.Of(verb) == AgentMay.Propose)
            open.Add(ReasonName);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments ?? new Dictionary<string, JsonElement>())
        {
            if (!open.Contains(name))
                throw new LockkeeperException(ServerErrors.BadRequest, $"'{verb.Path}' takes no '{name}' here", $"It takes {string.Join(", ", open.Order(StringComparer.Ordinal))}.");
            if (value.ValueKind is JsonValueKind.Null or JsonValueKind.False)
                continue;
            values[name] = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True => value.GetRawText(),
                _ => throw new LockkeeperException(ServerErrors.BadRequest, $"'{name}' is neither a text nor a number nor true or false", "Leave a parameter out instead of sending something else."),
            };
        }

        return values;
    }

    private async Task<CallToolResult> RunAsync(Verb verb, Dictionary<string, string> values, IProgressSink progress, CancellationToken cancel)
    {
        var (report, error) = await surroundings.RunAsync(verb, values, agent, progress, cancel);
        return report is null
            ? Answer(JsonAnswer.Of(verb.Path, error!, surroundings.Redactor), isError: true)
            : Answer(JsonAnswer.Of(verb.Path, report, surroundings.Redactor), isError: error is not null);
    }

    private async Task<CallToolResult> ProposeAsync(Verb verb, Dictionary<string, string> values, IProgressSink progress, CancellationToken cancel)
    {
        values.Remove(ReasonName, out var reason);
        // A call that cannot be understood is no proposal.
        using (var workspace = surroundings.WorkspaceOf(agent, new SilentProgress()))
            _ = new VerbCall(verb, values, workspace);
        var (plan, hash) = ("", default(string));
        if (verb.HasDryRun)
        {
            var (report, error) = await surroundings.RunAsync(verb, ProposalRun.Dry(values), agent, progress, cancel);
            if (report is null || error is not null)
                return Answer(report is null ? JsonAnswer.Of(verb.Path, error!, surroundings.Redactor) : JsonAnswer.Of(verb.Path, report, surroundings.Redactor), isError: true);
            (plan, hash) = (JsonAnswer.Of(verb.Path, report, surroundings.Redactor), PlanHash.Of(verb.Path, report, surroundings.Redactor));
        }

        var proposal = new Proposal(Kernel.Ledger.RunId.New(clock), verb.Path, values, agent, clock.GetUtcNow(), plan, hash) { Reason = surroundings.Redactor.Redact(reason ?? "") };
        await surroundings.RecordAsync("proposal.made", agent, ProposalRun.Body(proposal), cancel);
        proposals.Add(proposal);
        var answer = new JsonObject
        {
            ["proposal"] = proposal.Id,
            ["state"] = "waiting for a person; nothing was changed",
            ["how"] = $"a person looks at it with 'lk proposal show {proposal.Id}' and carries it out with 'lk proposal run {proposal.Id}', or on the portal's page Proposals",
            ["plan"] = plan.Length == 0 ? null : JsonNode.Parse(plan),
        };
        return Answer(answer.ToJsonString(new JsonSerializerOptions { TypeInfoResolver = ToolJson.Default }), isError: false);
    }

    private static CallToolResult Answer(string json, bool isError) => new() { Content = [new TextContentBlock { Text = json }], IsError = isError };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class ToolJson : System.Text.Json.Serialization.JsonSerializerContext;
