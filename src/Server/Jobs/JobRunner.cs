using System.Collections.Concurrent;
using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Web;

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

    /// <summary>What is older than the jobs that are kept goes after so many: it takes reading all of them.</summary>
    private const int TrimAfter = 20;

    /// <summary>How long a server that stops waits for a state that does not answer; then the others find out what it has left.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (RunningJob Job, Task End)> running = new(StringComparer.Ordinal);
    private readonly Lock starting = new();
    private DateTimeOffset newest;
    private bool isDisposed;
    private int ended;
    private readonly SemaphoreSlim turns = new(AtOnce, AtOnce);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Where jobs are kept.</summary>
    public JobStore Store => store;

    /// <summary>The name of this server among those over one state; another one when the others thought that it was dead.</summary>
    public string Node { get; private set; } = NewName();

    /// <summary>Over a state of its own: says of the jobs that an earlier server left that they were interrupted; gives them.</summary>
    public IReadOnlyList<Job> TakeOver()
    {
        var left = store.Newest(JobStore.Kept).Where(job => !job.IsOver).ToList();
        foreach (var job in left)
            store.Replace(job, Interrupted(job));
        return left;
    }

    /// <summary>Over a state that servers share: begins a job again whose server is gone, or says that it was interrupted.</summary>
    /// <param name="left">The job as it was read.</param>
    /// <param name="parts">The server.</param>
    /// <param name="cancel">The server stops.</param>
    public async Task AdoptAsync(Job left, ServerParts parts, CancellationToken cancel)
    {
        if (running.ContainsKey(left.Id) || stopping.IsCancellationRequested || running.Count >= AtOnce + MostWaiting)
            return;
        var reads = parts.Verbs.TryGetValue(left.Verb, out var verb) && verb.Effect == VerbEffect.Reads;
        var again = verb is not null && AfterCrash.BeginsAgain(left, reads);
        // One that had not begun, or was handed over by a server that stopped, has not cost a try.
        var attempt = left.Node is null || left.StartedAt is null ? left.Attempt : left.Attempt + 1;
        if (store.Replace(left, again ? left with { Node = Node, State = JobState.Waiting, Attempt = attempt } : Interrupted(left)) is not { } mine)
            return;
        var words = again ? "server.job_taken_over" : "server.job_interrupted";
        await parts.RecordAsync(words, left.Actor, $$"""{"job":"{{left.Id}}","left_by":"{{left.Node}}","server":"{{Node}}"}""", cancel);
        home.Progress.Say($"job {left.Id} ({left.Verb}, {left.Actor}) of {left.Node ?? "a server that stopped"} {(again ? "goes on here" : "was interrupted; its page says so")}");
        if (!again)
            return;
        var progress = new RunningJob(home.Redactor);
        if (left.StartedAt is not null)
            progress.Say($"the server {left.Node ?? "that had it"} is gone; {Node} begins it again, and what was done stays done");
        Begin(mine, progress);
    }

    /// <summary>Takes a call on.</summary>
    /// <param name="verb">The words of the verb.</param>
    /// <param name="values">The values given; the caller may use them so.</param>
    /// <param name="actor">Who calls.</param>
    /// <param name="key">With the same key and request a job is made once; null for none.</param>
    /// <param name="id">The job's id; null for a new one.</param>
    /// <exception cref="LockkeeperException">Too many wait (LK7009), or the key was used for something else (LK7008).</exception>
    public Job Start(string verb, IReadOnlyDictionary<string, string> values, string actor, string? key, string? id = null)
    {
        var hash = Access.Secrets.Hash(string.Join('\n', [actor, verb, .. values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")]));
        // Of two people who think of the same key each has their own.
        var taken = key is null ? null : Access.Secrets.Hash($"{actor}\n{key}");
        lock (starting)
            return Start(new Job(id ?? NextId(), verb, values, actor, JobState.Waiting, home.Clock.GetUtcNow()) { RequestHash = hash, Node = Node }, taken);
    }

    /// <summary>An id for a job that is made later: the time to the millisecond, and never the same twice, so that ids sort as the jobs were called; then some digits of chance, for other servers and for a clock that was set back.</summary>
    public string NextId()
    {
        lock (starting)
        {
            var now = home.Clock.GetUtcNow();
            newest = now > newest.AddMilliseconds(1) ? now : newest.AddMilliseconds(1);
            return string.Create(CultureInfo.InvariantCulture, $"{newest:yyyyMMdd-HHmmss-fff}-{Access.Secrets.New()[..4]}");
        }
    }

    /// <summary>How many run or wait at this server.</summary>
    public int Count => running.Count;

    /// <summary>What runs or waits now at this server; null when it does not, or not any more.</summary>
    public RunningJob? Running(string id) => running.TryGetValue(id, out var found) ? found.Job : null;

    /// <summary>What a job has said so far, wherever it runs.</summary>
    public IReadOnlyList<string> LinesOf(Job job) => Running(job.Id)?.Lines ?? (job.IsOver ? job.Lines : store.Progress(job.Id).Lines);

    /// <summary>Who is in a job's way now, wherever it runs.</summary>
    public IReadOnlyList<BlockedTarget> BlockedBy(Job job) => Running(job.Id)?.BlockedBy ?? (job.IsOver ? [] : store.Progress(job.Id).Blocked);

    /// <summary>Asks a job to stop, wherever it runs.</summary>
    public void Stop(Job job)
    {
        if (Running(job.Id) is { } here)
            here.Stop();
        else if (!job.IsOver)
            store.AskToStop(job.Id);
    }

    /// <summary>Waits until a job has ended, or a time has passed.</summary>
    public async Task<Job> WaitAsync(Job job, TimeSpan limit, CancellationToken cancel)
    {
        var started = home.Clock.GetTimestamp();
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

        job = store.Find(job.Id) ?? job;
        while (!job.IsOver && home.Clock.GetElapsedTime(started) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), home.Clock, cancel);
            job = store.Find(job.Id) ?? job;
        }

        return job;
    }

    /// <summary>Tells other servers what the jobs here say, and hears which of them somebody there wants to stop.</summary>
    public void Publish()
    {
        if (running.IsEmpty)
            return;
        foreach (var (id, one) in running)
        {
            if (one.Job.News() is { } news)
                store.Publish(id, news with { Node = Node });
        }

        foreach (var id in store.AskedToStop())
            Running(id)?.Stop();
    }

    /// <summary>Others have the jobs of this server: it stops them, and goes on under another name.</summary>
    public void GiveUp()
    {
        foreach (var (_, one) in running)
            one.Job.Lose();
        Node = NewName();
    }

    /// <summary>Stops taking turns, asks what runs to stop, and waits until each has come to an end that the next run can go on from.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await stopping.CancelAsync();
        await Task.WhenAll(running.Values.Select(one => one.End));
        stopping.Dispose();
        turns.Dispose();
    }

    private static string NewName() => $"{Environment.MachineName}-{Environment.ProcessId}-{Access.Secrets.New()[..4]}";

    /// <summary>One at a time, so that of two calls with one key the second finds the job of the first.</summary>
    private Job Start(Job job, string? taken)
    {
        if (running.Count >= AtOnce + MostWaiting)
            throw new LockkeeperException(ServerErrors.TooManyJobs, $"{running.Count} jobs wait or run", "Try again when some have ended.");
        if (taken is not null && Known(job, taken) is { } known)
            return known.RequestHash == job.RequestHash ? known : throw new LockkeeperException(ServerErrors.KeyUsedOtherwise, "this idempotency key was used for another request", "Take a new key for each thing that you want done.");
        // Another server may have made it, when its id was decided before.
        if (store.Add(job) is not { } mine)
            return store.Find(job.Id)!;
        Begin(mine, new RunningJob(home.Redactor));
        return mine;
    }

    /// <summary>The job that has the key already; null when this one has it now.</summary>
    private Job? Known(Job job, string key)
    {
        if (store.TakeKey(key, job.Id) is not { } before)
            return null;
        // Another server writes the job a moment after it has taken the key, or died in between.
        for (var tries = 0; tries < 20; tries++)
        {
            if (store.Find(before) is { } known)
                return known;
            Thread.Sleep(50);
        }

        return store.TakeKeyOver(key, before, job.Id) ? null : Known(job, key);
    }

    private void Begin(Job job, RunningJob progress)
    {
        running[job.Id] = (progress, Task.CompletedTask);
        running[job.Id] = (progress, Task.Run(() => RunAsync(job, progress), CancellationToken.None));
    }

    private async Task RunAsync(Job job, RunningJob progress)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(progress.Stopped, stopping.Token);
        try
        {
            var end = await EndOfAsync(job, progress, both.Token);
            if (!progress.IsLost && end is not null)
                await KeepAsync(end, end with { EndedAt = end.IsOver ? home.Clock.GetUtcNow() : null, Lines = progress.Lines }, progress, CancellationToken.None);
            if (Interlocked.Increment(ref ended) % TrimAfter == 0)
                store.Trim();
        }
        catch (LockkeeperException e)
        {
            home.Progress.Say($"warning: what became of job {job.Id} could not be written: {e.Code.Id}: {e.Message}");
        }
        finally
        {
            progress.End();
            running.TryRemove(job.Id, out _);
        }
    }

    /// <summary>How the job ends; null when it is another server's now. What it was read from goes with it.</summary>
    private async Task<Job?> EndOfAsync(Job job, RunningJob progress, CancellationToken cancel)
    {
        var begun = false;
        try
        {
            await turns.WaitAsync(cancel);
            try
            {
                if (await KeepAsync(job, job with { State = JobState.Running, StartedAt = job.StartedAt ?? home.Clock.GetUtcNow() }, progress, cancel) is not { } mine)
                    return null;
                (job, begun) = (mine, true);
                var answer = await work(job, progress, cancel);
                var isCut = stopping.IsCancellationRequested && answer.Exit != 0;
                // A server that stops hands over what another one can go on with.
                if (isCut && store.IsShared && AfterCrash.BeginsAgain(job, reads: false))
                    return job with { State = JobState.Waiting, Node = null };
                return job with { State = isCut ? JobState.Interrupted : JobState.Ended, Exit = answer.Exit, Answer = answer.Json, Page = answer.Page };
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException) when (!begun)
        {
            if (stopping.IsCancellationRequested && store.IsShared && !progress.Stopped.IsCancellationRequested)
                return job with { Node = null };
            var error = new LockkeeperException(KernelErrors.Cancelled, $"'{job.Verb}' was cancelled before it began", "Call it again.");
            return job with { State = JobState.Ended, Exit = (int)error.Exit, Answer = JsonAnswer.Of(job.Verb, error, home.Redactor) };
        }
    }

    /// <summary>Writes a job; null when another server has it. A state that does not answer is waited for: the work is done, and that must be known.</summary>
    private async Task<Job?> KeepAsync(Job read, Job job, RunningJob progress, CancellationToken cancel)
    {
        var started = home.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                if (store.Replace(read, job) is { } kept)
                    return kept;
                progress.Lose();
                return null;
            }
            catch (LockkeeperException e) when (e.Code == KernelErrors.StateAway && !(stopping.IsCancellationRequested && home.Clock.GetElapsedTime(started) > LastWords))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), home.Clock, cancel);
            }
        }
    }

    private Job Interrupted(Job job)
    {
        var error = new LockkeeperException(
            ServerErrors.Interrupted, "the server stopped while this ran",
            "Call the same again: what was done stands in the target's history, and the rest is finished or undone.");
        return job with { State = JobState.Interrupted, EndedAt = home.Clock.GetUtcNow(), Exit = (int)error.Exit, Answer = JsonAnswer.Of(job.Verb, error, home.Redactor) };
    }
}
