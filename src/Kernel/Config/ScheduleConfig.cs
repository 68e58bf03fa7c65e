namespace Lockkeeper.Kernel.Config;

/// <summary>What is done with a time that passed while no server ran.</summary>
public enum MissedRuns
{
    /// <summary>The last one is made up for, once.</summary>
    Run,

    /// <summary>It is left out.</summary>
    Skip,
}

/// <summary>A verb that the server calls at times. Nobody's rights come into it: what stands here is all that it may do.</summary>
public sealed record ScheduleConfig
{
    /// <summary>The name; the runs are those of the actor <c>schedule NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The words of the verb.</summary>
    public required string Verb { get; init; }

    /// <summary>The parameters by their names.</summary>
    public IReadOnlyDictionary<string, string> With { get; init; } = new Dictionary<string, string>();

    /// <summary>Five fields of cron.</summary>
    public required string Cron { get; init; }

    /// <summary>The time zone of the fields, an IANA name. Default UTC.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>What is done with a time that passed while no server ran.</summary>
    public MissedRuns Missed { get; init; }
}
