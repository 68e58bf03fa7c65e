using System.Collections.Concurrent;
using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Jobs;

/// <summary>What a job's verb answered.</summary>
/// <param name="Exit">The exit code.</param>
/// <param name="Json">The answer for programs.</param>
/// <param name="Page">The answer for people, as a piece of a page.</param>
internal sealed record JobAnswer(int Exit, string Json, string Page);

/// <summary>Runs a job's verb.</summary>
/// <param name="job">The job.</param>
/// <param name="progress">Where it says what it is doing.</param>
/// <param name="cancel">Somebody wants it to stop, or the server does.</param>
internal delegate Task<JobAnswer> JobWork(Job job, IProgressSink progress, CancellationToken cancel);

/// <summary>Runs jobs, a few at a time; each stands in the store before it begins, so that none is ever lost silently.</summary>
/// <param name="store">Where jobs are kept.</param>
/// <param name="work">Runs a verb.</param>
/// <param name="home">The server's surroundings.</param>
internal sealed class JobRunner(JobStore store, JobWork work, Workspace home) : IAsyncDisposable
{
    /// <summary>So many at once: each may start programs and hold connections.</summary>
    private const int AtOnce = 4;

    /// <summary>So many may wait.</summary>
    private const int MostWaiting = 100;

    private readonly ConcurrentDictionary<string, (RunningJob Job, Task End)> running = new(StringComparer.Ordinal);
    private readonly Lock starting = new();
    private DateTimeOffset newest;
    private readonly SemaphoreSlim turns = new(AtOnce, AtOnce);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Where jobs are kept.</summary>
    public JobStore Store => store;

    /// <summary>Says of the jobs that an earlier server left that they were interrupted; gives them.</summary>
    public IReadOnlyList<Job> TakeOver()
    {
        var left = store.Newest(JobStore.Kept).Where(job => job.State is JobState.Waiting or JobState.Running).ToList();
        var error = new LockkeeperException(
            ServerErrors.Interrupted, "the server stopped while this ran",
            "Call the same again: what was done stands in the target's history, and the rest is finished or undone.");
        foreach (var job in left)
            store.Put(job with { State = JobState.Interrupted, EndedAt = home.Clock.GetUtcNow(), Exit = (int)error.Exit, Answer = JsonAnswer.Of(job.Verb, error, home.Redactor) });
        return left;
    }

    /// <summary>Takes a call on.</summary>
    /// <param name="verb">The words of the verb.</param>
    /// <param name="values">The values given; the caller may use them so.</param>
    /// <param name="actor">Who calls.</param>
    /// <param name="key">With the same key and request a job is made once; null for none.</param>
    /// <exception cref="LockkeeperException">Too many wait (LK7009), or the key was used for something else (LK7008).</exception>
    public Job Start(string verb, IReadOnlyDictionary<string, string> values, string actor, string? key)
    {
        var hash = Access.Secrets.Hash(string.Join('\n', [actor, verb, .. values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")]));
        // Of two people who think of the same key each has their own.
        var taken = key is null ? null : Access.Secrets.Hash($"{actor}\n{key}");
        lock (starting)
            return Start(new Job(NextId(), verb, values, actor, JobState.Waiting, home.Clock.GetUtcNow()) { RequestHash = hash }, taken);
    }

    /// <summary>What runs or waits now; null when it does not, or not any more.</summary>
    public RunningJob? Running(string id) => running.TryGetValue(id, out var found) ? found.Job : null;

    /// <summary>Waits until a job has ended, or a time has passed.</summary>
    public async Task<Job> WaitAsync(Job job, TimeSpan limit, CancellationToken cancel)
    {
        if (running.TryGetValue(job.Id, out var found))
        {
            try
            {
                await found.End.WaitAsync(limit, home.Clock, cancel);
            }
            catch (TimeoutException)
            {
                // It goes on, and the answer says so.
            }
        }

        return store.Find(job.Id) ?? job;
    }

    /// <summary>Stops taking turns, asks what runs to stop, and waits until each has come to an end that the next run can go on from.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(running.Values.Select(one => one.End));
        stopping.Dispose();
        turns.Dispose();
    }

    /// <summary>The time to the millisecond, and never the same twice, so that ids sort as the jobs were called; then some digits of chance, for a clock that was set back.</summary>
    private string NextId()
    {
        var now = home.Clock.GetUtcNow();
        newest = now > newest.AddMilliseconds(1) ? now : newest.AddMilliseconds(1);
        return string.Create(CultureInfo.InvariantCulture, $"{newest:yyyyMMdd-HHmmss-fff}-{Access.Secrets.New()[..4]}");
    }

    /// <summary>One at a time, so that of two calls with one key the second finds the job of the first.</summary>
    private Job Start(Job job, string? taken)
    {
        if (running.Count >= AtOnce + MostWaiting)
            throw new LockkeeperException(ServerErrors.TooManyJobs, $"{running.Count} jobs wait or run", "Try again when some have ended.");
        if (taken is not null && store.TakeKey(taken, job.Id) is { } before)
        {
            return store.Find(before) is { } known && known.RequestHash == job.RequestHash
                ? known
                : throw new LockkeeperException(ServerErrors.KeyUsedOtherwise, "this idempotency key was used for another request", "Take a new key for each thing that you want done.");
        }

        store.Put(job);
        var progress = new RunningJob(home.Redactor);
        running[job.Id] = (progress, Task.CompletedTask);
        running[job.Id] = (progress, Task.Run(() => RunAsync(job, progress), CancellationToken.None));
        return job;
    }

    private async Task RunAsync(Job job, RunningJob progress)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(progress.Stopped, stopping.Token);
        try
        {
            await turns.WaitAsync(both.Token);
            try
            {
                job = job with { State = JobState.Running, StartedAt = home.Clock.GetUtcNow() };
                store.Put(job);
                var answer = await work(job, progress, both.Token);
                job = job with { State = stopping.IsCancellationRequested && answer.Exit != 0 ? JobState.Interrupted : JobState.Ended, Exit = answer.Exit, Answer = answer.Json, Page = answer.Page };
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            var error = new LockkeeperException(KernelErrors.Cancelled, $"'{job.Verb}' was cancelled before it began", "Call it again.");
            job = job with { State = JobState.Ended, Exit = (int)error.Exit, Answer = JsonAnswer.Of(job.Verb, error, home.Redactor) };
        }
        finally
        {
            store.Put(job with { EndedAt = home.Clock.GetUtcNow(), Lines = progress.Lines });
            store.Trim();
            progress.End();
            running.TryRemove(job.Id, out _);
        }
    }
}
