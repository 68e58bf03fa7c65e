using System.Text.Json.Serialization;

namespace Lockkeeper.Server.Proposals;

/// <summary>Where a proposal stands.</summary>
internal enum ProposalState
{
    /// <summary>It waits for a person.</summary>
    Waiting,

    /// <summary>A person carries it out.</summary>
    Running,

    /// <summary>A person has carried it out.</summary>
    Done,

    /// <summary>A person has refused it.</summary>
    Refused,
}

/// <summary>A call of a verb that an agent would like to be made, with what it would do; only a person makes it.</summary>
/// <param name="Id">The time and some digits, so that ids sort.</param>
/// <param name="Verb">The words of the verb.</param>
/// <param name="Values">The values given.</param>
/// <param name="ProposedBy">The agent, and for whom it works.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="Plan">What it would do, as the dry run said it; empty for a verb that has none.</param>
/// <param name="PlanHash">Changes when what it would do changes; null for a verb without a dry run.</param>
internal sealed record Proposal(string Id, string Verb, IReadOnlyDictionary<string, string> Values, string ProposedBy, DateTimeOffset ProposedAt, string Plan, string? PlanHash)
{
    /// <summary>How long it waits: a plan that is older says little about the database as it is.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(24);

    /// <summary>Why the agent proposes it, in its words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public ProposalState State { get; init; }

    /// <summary>The person who carried it out or refused it.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Whether it still waits for a person.</summary>
    public bool IsOpen(DateTimeOffset now) => State == ProposalState.Waiting && now - ProposedAt < Lasts;

    /// <summary>The call as a command line, without its way to be confirmed.</summary>
    public string CommandLine => $"lk {Verb}{string.Concat(Values.Select(pair => $" --{pair.Key} {pair.Value}"))}";
}

[JsonSerializable(typeof(Proposal))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
internal sealed partial class ProposalJson : JsonSerializerContext;
