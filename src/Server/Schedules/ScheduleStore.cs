using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Schedules;

/// <summary>How far a schedule has come.</summary>
/// <param name="Since">When a server first saw it: times before that are not made up for.</param>
internal sealed record ScheduleMark(DateTimeOffset Since)
{
    /// <summary>The last time that was taken, whatever became of it; null for none yet.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>The last job, whose id is decided before it is made; null for none yet.</summary>
    public string? Job { get; init; }

    /// <summary>When a server took the time.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Whether the job was made; a server that died in between has not.</summary>
    public bool IsMade { get; init; }

    /// <summary>What a person should know of the last time: late, left out and why; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The text that it was read from.</summary>
    [JsonIgnore]
    public string? Stored { get; init; }
}

/// <summary>Schedules as documents: of several servers that see a time come, the one whose exchange succeeds has it.</summary>
/// <param name="documents">The store.</param>
internal sealed class ScheduleStore(IDocumentStore documents)
{
    private const string Kind = "schedule";

    /// <summary>How far a schedule has come; null when no server has seen it yet.</summary>
    public ScheduleMark? Find(string name) => documents.Get(Kind, name) is { } text ? JsonSerializer.Deserialize(text, ScheduleJson.Default.ScheduleMark)! with { Stored = text } : null;

    /// <summary>Writes it in the place of what was read; null when another server was first.</summary>
    public ScheduleMark? Replace(string name, ScheduleMark? read, ScheduleMark mark)
    {
        var text = JsonSerializer.Serialize(mark, ScheduleJson.Default.ScheduleMark);
        return documents.Swap(Kind, name, read?.Stored, text) ? mark with { Stored = text } : null;
    }
}

[JsonSerializable(typeof(ScheduleMark))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ScheduleJson : JsonSerializerContext;
