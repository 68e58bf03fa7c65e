using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>The tries of one migration, or of one statement or batch where each is committed by itself: how many there were, whether another follows, and how long to wait before it.</summary>
/// <param name="id">The migration.</param>
/// <param name="database">Lock time limit and tries.</param>
/// <param name="recorder">What was seen.</param>
/// <param name="progress">Hears why a try was missed.</param>
/// <param name="clock">The clock.</param>
internal sealed class LockTries(string id, DatabaseConfig database, LockRecorder recorder, IProgressSink progress, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Which try this is, from 1.</summary>
    public int Try { get; private set; } = 1;

    /// <summary>Why the last try gave its locks up; null when it did not.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>Something was committed since the last try: what was missed before counts no more.</summary>
    public void StartAnew() => Try = 1;

    /// <summary>Waits for the next try when an error calls for one.</summary>
    /// <param name="error">The error.</param>
    /// <param name="givenUp">Why the locks were given up; null when they were not.</param>
    /// <param name="cancel">Stops the run, and with it the wait: no other try follows then.</param>
    /// <returns>Whether another try follows.</returns>
    public async Task<bool> NextAsync(Exception error, string? givenUp, CancellationToken cancel)
    {
        GivenUp = null;
        if (cancel.IsCancellationRequested)
            return false;
        var missed = error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected };
        if (missed)
        {
            var why = ((PostgresException)error).SqlState == PostgresErrorCodes.DeadlockDetected ? "it stood in a deadlock" : $"a lock was not to be had in {Durations.Words(database.LockTimeout)}";
            recorder.Miss(Try, why);
            return await PauseAsync($"{why}{(recorder.Blockers.Count == 0 ? "" : $" (held by {string.Join("; ", recorder.Blockers)})")}", cancel);
        }

        if (givenUp is null)
            return false;
        GivenUp = givenUp;
        recorder.Miss(Try, givenUp);
        return await PauseAsync($"{givenUp}; it gave its locks up{(recorder.Blockers.Count == 0 ? "" : $" (held by {string.Join("; ", recorder.Blockers)})")}", cancel);
    }

    private async Task<bool> PauseAsync(string why, CancellationToken cancel)
    {
        if (Try > database.LockRetries)
            return false;
        progress.Say($"{id}: {why}; try {Try + 1} of {database.LockRetries + 1} follows");
        // Whoever asks has to say what is in place: the end of the run comes back as an answer, not past it as an exception.
        await Task.Delay(Pause(Try - 1), clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Try++;
        return !cancel.IsCancellationRequested;
    }

    /// <summary>Exponential with full jitter, so that two runners do not meet again and again.</summary>
    internal static TimeSpan Pause(int before)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(1.6, before));
        return TimeSpan.FromMilliseconds(longest / 2 + Random.Shared.NextDouble() * longest / 2);
    }
}
