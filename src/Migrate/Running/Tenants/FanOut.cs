using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>Works through tenants, several at a time, and stops starting new ones when too many have failed, when it is told to, or when one says that it makes no sense.</summary>
/// <param name="parallel">How many at a time.</param>
/// <param name="mostFailures">How many may fail.</param>
/// <param name="progress">Hears how far it is.</param>
/// <param name="clock">The clock.</param>
internal sealed class FanOut(int parallel, int mostFailures, IProgressSink progress, TimeProvider clock)
{
    private const int SaidFailures = 20;
    private static readonly TimeSpan SayInterval = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly long started = clock.GetTimestamp();
    private long saidAt = clock.GetTimestamp();
    private int next;
    private int done;
    private int failed;

    /// <summary>Why no further tenant was started; null when all were.</summary>
    public string? StoppedBecause { get; private set; }

    /// <summary>Works through them.</summary>
    /// <param name="tenants">The tenants, in the order to start them in.</param>
    /// <param name="openLane">Makes what a worker keeps from one tenant to the next.</param>
    /// <param name="run">Changes one tenant; throws nothing but a cancellation.</param>
    /// <param name="cancel">Stops starting tenants, and is passed on to those that run.</param>
    /// <returns>The results of those that were started, in the order of their ends.</returns>
    public async Task<IReadOnlyList<TenantResult>> RunAsync(
        IReadOnlyList<Tenant> tenants, Func<TenantSet.Lane> openLane, Func<Tenant, TenantSet.Lane, CancellationToken, Task<TenantResult>> run, CancellationToken cancel)
    {
        var results = new List<TenantResult>(tenants.Count);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(parallel, tenants.Count)).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        progress.Now(null);
        return results;

        async Task WorkAsync()
        {
            await using var lane = openLane();
            while (Next(tenants, cancel) is { } tenant)
            {
                var result = await run(tenant, lane, cancel);
                lock (gate)
                {
                    results.Add(result);
                    Count(result, tenants.Count);
                }
            }
        }
    }

    private Tenant? Next(IReadOnlyList<Tenant> tenants, CancellationToken cancel)
    {
        lock (gate)
        {
            if (next >= tenants.Count)
                return null;
            if (cancel.IsCancellationRequested)
                StoppedBecause ??= "it was cancelled";
            return StoppedBecause is null ? tenants[next++] : null;
        }
    }

    private void Count(TenantResult result, int all)
    {
        if (result.Outcome == TenantOutcome.NotStarted)
            StoppedBecause ??= result.Error?.Message ?? "it was cancelled";
        else if (result.Error is { } error)
        {
            if (++failed <= SaidFailures)
                progress.Say($"{result.Tenant.Name}: {error.Code.Id}: {error.Message}{(error.At is { } at ? $" ({at})" : "")}");
            if (failed > mostFailures)
                StoppedBecause ??= mostFailures == 0 ? "a tenant failed" : $"more than {mostFailures} tenants failed";
        }

        done++;
        var words = $"{done} of {all} tenants, {failed} failed, about {Durations.Words(Left(all))} left";
        progress.Now(words);
        if (clock.GetElapsedTime(saidAt) < SayInterval || done == all)
            return;
        saidAt = clock.GetTimestamp();
        progress.Say(words);
    }

    private TimeSpan Left(int all) => clock.GetElapsedTime(started) / done * (all - done);
}
