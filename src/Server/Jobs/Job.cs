using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Jobs;

/// <summary>Where a job stands.</summary>
internal enum JobState
{
    /// <summary>It waits for its turn.</summary>
    Waiting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has ended, and its answer says how.</summary>
    Ended,

    /// <summary>The server stopped under it. What it had done stands in the target's own history and in the ledger.</summary>
    Interrupted,
}

/// <summary>A call of a verb that takes a while.</summary>
/// <param name="Id">The time and some digits, so that ids sort.</param>
/// <param name="Verb">The words of the verb.</param>
/// <param name="Values">The values given.</param>
/// <param name="Actor">Who called.</param>
/// <param name="State">Where it stands.</param>
/// <param name="AskedAt">When it was called.</param>
internal sealed record Job(string Id, string Verb, IReadOnlyDictionary<string, string> Values, string Actor, JobState State, DateTimeOffset AskedAt)
{
    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its exit code.</summary>
    public int? Exit { get; init; }

    /// <summary>The answer: what the command line prints with <c>--json</c>.</summary>
    public string? Answer { get; init; }

    /// <summary>The answer for people, as a piece of a page.</summary>
    public string? Page { get; init; }

    /// <summary>What it said while it ran; the oldest lines go when there are very many.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The server that has it; null when it waits for one.</summary>
    public string? Node { get; init; }

    /// <summary>How often it was begun; more than once when a server died under it.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Whether there will be no more of it.</summary>
    [JsonIgnore]
    public bool IsOver => State is JobState.Ended or JobState.Interrupted;

    /// <summary>The text that it was read from; who writes it says so.</summary>
    [JsonIgnore]
    public string? Stored { get; init; }

    /// <summary>The key and the hash of the request that it was called with; null for none.</summary>
    public string? RequestHash { get; init; }
}

/// <summary>What a job says while it runs, as those see it who watch at another server.</summary>
/// <param name="First">The number of lines before these.</param>
/// <param name="Lines">The last lines.</param>
/// <param name="Now">What is going on; null for nothing.</param>
internal sealed record JobProgress(int First, IReadOnlyList<string> Lines, string? Now)
{
    /// <summary>The server whose lines these are: another one that begins the job again counts them anew.</summary>
    public string? Node { get; init; }

    /// <summary>Who is in its way now, by target.</summary>
    public IReadOnlyList<BlockedTarget> Blocked { get; init; } = [];
}

/// <summary>Who is in a job's way on a target.</summary>
/// <param name="Target">The target.</param>
/// <param name="Run">What was seen.</param>
internal sealed record BlockedTarget(string Target, BlockedRun Run);

[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobProgress))]
[JsonSerializable(typeof(IReadOnlyList<BlockedTarget>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class JobJson : JsonSerializerContext;
