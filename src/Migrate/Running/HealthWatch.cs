using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>What watching a target's health came to.</summary>
/// <param name="Passed">Whether every limit was kept.</param>
/// <param name="Words">The verdict in words.</param>
/// <param name="P95Before">The statements' p95 before the change in milliseconds; null when it could not be measured.</param>
/// <param name="P95After">The highest p95 seen after it.</param>
/// <param name="MostWaiting">The most sessions seen waiting for a lock.</param>
/// <param name="Samples">How many samples were taken after the change.</param>
/// <param name="Source">What it was measured with.</param>
internal sealed record HealthVerdict(bool Passed, string Words, double? P95Before, double? P95After, int MostWaiting, int Samples, string Source);

/// <summary>Watches a target's health around a change: a short look before, then for the configured time after.</summary>
/// <param name="limits">The limits.</param>
/// <param name="probe">Measures.</param>
/// <param name="clock">The clock.</param>
internal sealed class HealthWatch(HealthConfig limits, IHealthProbe probe, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan LookBefore = TimeSpan.FromSeconds(5);

    /// <summary>A limit must be passed this often in a row: one slow second after a DDL is the change itself, not its effect.</summary>
    private const int InARow = 3;

    private double? before;

    /// <summary>Seconds between two samples; short watches take at least ten.</summary>
    private TimeSpan Interval => TimeSpan.FromSeconds(Math.Clamp(limits.For.TotalSeconds / 10, 0.2, 1));

    /// <summary>Measures how it is before the change: the median of several samples, since one may hit a moment in which nothing runs.</summary>
    public async Task LookBeforeAsync(IProgressSink progress, CancellationToken cancel)
    {
        progress.Now("measuring the statements' p95 before the change");
        await probe.SampleAsync(cancel);
        var (started, seen) = (clock.GetTimestamp(), new List<double>());
        do
        {
            await Task.Delay(Interval, clock, cancel);
            if ((await probe.SampleAsync(cancel)).P95Milliseconds is { } p95)
                seen.Add(p95);
        }
        while (clock.GetElapsedTime(started) < (limits.For < LookBefore ? limits.For : LookBefore));
        seen.Sort();
        before = seen.Count == 0 ? null : seen[seen.Count / 2];
    }

    /// <summary>Watches after the change; ends early when a limit is passed.</summary>
    public async Task<HealthVerdict> WatchAsync(IProgressSink progress, CancellationToken cancel)
    {
        var (started, samples, overP95, overWaiting, mostWaiting) = (clock.GetTimestamp(), 0, 0, 0, 0);
        double? worst = null;
        var source = "";
        await probe.SampleAsync(cancel);
        while (clock.GetElapsedTime(started) < limits.For)
        {
            await Task.Delay(Interval, clock, cancel);
            var sample = await probe.SampleAsync(cancel);
            (samples, source) = (samples + 1, sample.Source);
            mostWaiting = Math.Max(mostWaiting, sample.Waiting);
            worst = sample.P95Milliseconds is { } now ? Math.Max(worst ?? 0, now) : worst;
            overWaiting = sample.Waiting > (limits.MaxWaiting ?? int.MaxValue) ? overWaiting + 1 : 0;
            overP95 = sample.P95Milliseconds is { } p95 && before is > 0 && p95 / before > (limits.MaxP95Ratio ?? double.PositiveInfinity) ? overP95 + 1 : 0;
            progress.Now($"watching health: p95 {Words(sample.P95Milliseconds)}, {sample.Waiting} waiting", (long)clock.GetElapsedTime(started).TotalSeconds, (long)limits.For.TotalSeconds);
            if (overWaiting >= InARow)
                return Verdict(false, $"{sample.Waiting} sessions wait for a lock, and {limits.MaxWaiting} may");
            if (overP95 >= InARow)
                return Verdict(false, $"the statements' p95 is {Words(sample.P95Milliseconds)}, {sample.P95Milliseconds / before:0.0} times the {Words(before)} before, and {limits.MaxP95Ratio} times is allowed");
        }

        return Verdict(true, before is null ? $"no limit passed in {Durations.Words(limits.For)}; p95 could not be compared, since nothing ran before the change" : $"no limit passed in {Durations.Words(limits.For)}");

        HealthVerdict Verdict(bool passed, string words) => new(passed, words, before, worst, mostWaiting, samples, source);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => probe.DisposeAsync();

    private static string Words(double? milliseconds) => milliseconds is { } number ? $"{number:0.##} ms" : "not measured";
}
