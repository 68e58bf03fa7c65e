using System.Collections.Concurrent;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Portal.Pages;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal;

/// <summary>How all databases stood when they were last asked. A page never waits for a thousand servers: it shows what is known, and looking at it has it read again behind.</summary>
/// <param name="parts">The server.</param>
internal sealed class FleetStatus(Func<ServerParts> parts) : IAsyncDisposable
{
    /// <summary>What was read in this time is not asked for again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>Nor in so many times the time that reading all took: a page that stays open must not keep the servers of a large fleet busy.</summary>
    private const int Rest = 5;

    /// <summary>For a fleet of a few databases that is enough to be shown as it is now.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(60);

    /// <summary>For more than so many databases it is not, and waiting would only make the page late.</summary>
    private const int Few = 20;

    /// <summary>So many databases at once: others want the servers too.</summary>
    private const int AtOnce = 4;

    private readonly ConcurrentDictionary<string, KnownStatus> known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private Task reading = Task.CompletedTask;
    private DateTimeOffset staleAt;
    private int changes;

    /// <summary>What is known now, by database; what is old is read again behind.</summary>
    /// <param name="databases">All declared databases.</param>
    /// <param name="cancel">The caller goes away.</param>
    public async Task<IReadOnlyDictionary<string, KnownStatus>> LookAsync(IReadOnlyList<string> databases, CancellationToken cancel)
    {
        Task now;
        lock (gate)
        {
            if (reading.IsCompleted && parts().Clock.GetUtcNow() > staleAt && !stopping.IsCancellationRequested)
                reading = Task.Run(() => ReadAsync(databases), CancellationToken.None);
            now = reading;
        }

        if (databases.Count <= Few)
            await Task.WhenAny(now, Task.Delay(Patience, cancel));
        return known;
    }

    /// <summary>What the watch has last seen of each target; empty while nothing watches.</summary>
    public SeenTargets Seen { get; private set; } = new([]);

    /// <summary>What the last looks for drift have found; nobody is asked anew.</summary>
    public FleetDrift Drift { get; } = new();

    /// <summary>Something has changed a database: the next look reads all of them again.</summary>
    public void Forget()
    {
        lock (gate)
            (staleAt, changes) = (default, changes + 1);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await reading;
        stopping.Dispose();
    }

    private async Task ReadAsync(IReadOnlyList<string> databases)
    {
        var (began, before) = (parts().Clock.GetUtcNow(), changes);
        foreach (var gone in known.Keys.Except(databases))
            known.TryRemove(gone, out _);
        try
        {
            using (var workspace = parts().WorkspaceOf(parts().Home.Actor, new SilentProgress()))
                await Drift.ReadAsync(workspace, stopping.Token);
            var (look, _) = await parts().Surroundings.RunAsync(parts().Verbs["observe fleet"], new Dictionary<string, string>(), parts().Home.Actor, new SilentProgress(), stopping.Token);
            Seen = new SeenTargets([.. (look is null ? null : VerbData.JsonOf(look)?["targets"]?.AsArray())?.Select(target => SeenTarget.Of(target!)) ?? []]);
            // Those that were read longest ago go first, so that one that is slow does not keep others back for ever.
            await Parallel.ForEachAsync(databases.OrderBy(name => known.GetValueOrDefault(name)?.At ?? default), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping.Token }, async (name, cancel) =>
            {
                var (report, error) = await parts().Surroundings.RunAsync(parts().Verbs["migrate status"], new Dictionary<string, string> { ["database"] = name }, parts().Home.Actor, new SilentProgress(), cancel);
                if (cancel.IsCancellationRequested)
                    return;
                var status = report is null ? null : VerbData.JsonOf(report)?["databases"]?.AsArray().FirstOrDefault();
                known[name] = KnownStatus.Of(status, error is null ? null : parts().Redactor.Redact($"{error.Code.Id}: {error.Message}"), parts().Clock.GetUtcNow());
            });
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var ended = parts().Clock.GetUtcNow();
        lock (gate)
        {
            // What was changed meanwhile may have been read before.
            if (changes == before)
                staleAt = began + TimeSpan.FromTicks(Math.Max(Fresh.Ticks, (ended - began).Ticks * Rest));
        }
    }
}
