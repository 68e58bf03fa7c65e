using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Applying;

/// <summary>Waits until the service has made what it was told to make.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="reading">Reads the service.</param>
/// <param name="progress">Hears what is waited for.</param>
/// <param name="clock">The clock.</param>
internal sealed class Availability(RdsDeclaration declared, RdsReading reading, IProgressSink progress, TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private readonly long started = clock.GetTimestamp();

    /// <summary>How much is left of the time that the declaration gives to all waits of a run.</summary>
    public TimeSpan Left => declared.Managed.Patience - clock.GetElapsedTime(started);

    /// <summary>Waits for an instance, or for an Aurora cluster.</summary>
    /// <exception cref="LockkeeperException">It has come to a state that it does not leave, or the time is over.</exception>
    public async Task WaitAsync(string id, bool isAurora, CancellationToken cancel)
    {
        var (from, pause) = (clock.GetTimestamp(), First);
        while (true)
        {
            var live = isAurora ? await reading.MainAsync(id, isAurora: true, cancel) : await reading.InstanceAsync(id, cancel);
            // A moment after it was made it may not be listed yet.
            var state = live is null ? "not listed yet" : live.NotReady(pendingToo: declared.Managed.Apply == ManagedApply.Immediately);
            if (state is null)
                break;
            if (live?.IsDead == true)
                throw new LockkeeperException(ManagedErrors.Unusable, $"{id} is {live.Status}, and does not leave this state by itself", "Look at its events in the service, put it right there or delete it, then run the same command again.", declared.Cluster.Managed!.At);
            if (Left <= TimeSpan.Zero)
                throw new LockkeeperException(ManagedErrors.WaitedTooLong, $"{id} is still {state} after {Durations.Words(declared.Managed.Patience)}", "The service goes on by itself: run the same command again, or give it more time with managed: { patience: 3h }.", declared.Cluster.Managed!.At);
            progress.Now($"{id}: {state} ({Durations.Words(clock.GetElapsedTime(from))})");
            await PauseAsync(pause, cancel);
            pause = TimeSpan.FromTicks(Math.Min(Longest.Ticks, (long)(pause.Ticks * 1.4)));
        }

        progress.Now(null);
    }

    /// <summary>Waits a moment, and not past the end of the time.</summary>
    public Task PauseAsync(TimeSpan pause, CancellationToken cancel) => Task.Delay(pause < Left ? pause : Left > TimeSpan.Zero ? Left : TimeSpan.Zero, clock, cancel);
}
