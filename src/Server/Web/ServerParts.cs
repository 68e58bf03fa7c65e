using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Git;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Portal;
using Lockkeeper.Server.Proposals;
using Lockkeeper.Server.Schedules;

namespace Lockkeeper.Server.Web;

/// <summary>What the server consists of while it runs.</summary>
internal sealed class ServerParts
{
    /// <summary>The verbs that it offers, by their words.</summary>
    public required IReadOnlyDictionary<string, Verb> Verbs { get; init; }

    /// <summary>Where and as whom it was started.</summary>
    public required Workspace Home { get; init; }

    /// <summary>People, tokens and sessions.</summary>
    public required AccessStore Access { get; init; }

    /// <summary>Lets people in.</summary>
    public required AccessDesk Desk { get; init; }

    /// <summary>Decides who a request comes from.</summary>
    public required Doors Doors { get; init; }

    /// <summary>What runs, and what has run.</summary>
    public required JobRunner Jobs { get; init; }

    /// <summary>What agents would like to be done.</summary>
    public required ProposalStore Proposals { get; init; }

    /// <summary>How far the schedules have come.</summary>
    public required ScheduleStore Schedules { get; init; }

    /// <summary>Follows the project's repository; null before the server has begun.</summary>
    public ProjectFollower? Follower { get; set; }

    /// <summary>How the log is written, as <see cref="ServerLog"/> names it.</summary>
    public string LogFormat { get; init; } = ServerLog.None;

    /// <summary>What it tells Prometheus of itself.</summary>
    public ServerMetrics Metrics { get; } = new();

    /// <summary>What people say of changes.</summary>
    public required Comments Comments { get; init; }

    /// <summary>Secrets that no answer may hold; all calls share it, so that what one has learnt is hidden in all.</summary>
    public Redactor Redactor => Home.Redactor;

    /// <summary>The clock.</summary>
    public TimeProvider Clock => Home.Clock;

    /// <summary>How all databases stood when they were last asked.</summary>
    public required FleetStatus Fleet { get; init; }

    /// <summary>Where calls run.</summary>
    public required Surroundings Surroundings { get; init; }

    /// <summary>The surroundings of one call: the configuration as it is now, and the caller's name.</summary>
    public Workspace WorkspaceOf(string actor, IProgressSink progress) => Surroundings.WorkspaceOf(actor, progress);

    /// <inheritdoc cref="Surroundings.RecordAsync"/>
    public Task RecordAsync(string kind, string actor, string body, CancellationToken cancel) => Surroundings.RecordAsync(kind, actor, body, cancel);
}
