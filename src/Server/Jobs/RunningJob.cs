using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Jobs;

/// <summary>What somebody who watches a job sees: what it has said so far, and what is going on now.</summary>
/// <param name="Lines">What it has said, from a given line on.</param>
/// <param name="Now">What is going on; null for nothing.</param>
/// <param name="Blocked">Who is in its way now; the same list as before while that is the same.</param>
/// <param name="HasEnded">Whether there will be no more.</param>
internal sealed record JobLook(IReadOnlyList<string> Lines, string? Now, IReadOnlyList<BlockedTarget> Blocked, bool HasEnded);

/// <summary>A job while it runs: takes what its verb says, and lets any number watch.</summary>
/// <param name="redactor">Takes secrets out.</param>
internal sealed class RunningJob(Redactor redactor) : IProgressSink, IDisposable
{
    /// <summary>A verb may say a line for each of a hundred thousand things.</summary>
    public const int MostLines = 5000;

    /// <summary>So many of the last lines are sent to those who watch elsewhere; all stand in the job when it has ended.</summary>
    private const int MostSent = 200;

    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly CancellationTokenSource stop = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? now;
    private IReadOnlyList<BlockedTarget> blocked = [];
    private bool hasEnded;
    private bool isNew;

    /// <summary>Ends when somebody wants the job to stop.</summary>
    public CancellationToken Stopped => stop.Token;

    /// <summary>Whether another server has the job now: what is known here of its end does not count.</summary>
    public bool IsLost { get; private set; }

    /// <summary>All that it has said.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    /// <summary>Who is in its way now, by target.</summary>
    public IReadOnlyList<BlockedTarget> BlockedBy
    {
        get
        {
            lock (gate)
                return blocked;
        }
    }

    public void Say(string text) => Change(() =>
    {
        if (lines.Count < MostLines)
            lines.Add(redactor.Redact(text));
    });

    public void Now(string? text, long? done = null, long? total = null) => Change(() => now = text is null ? null : redactor.Redact(total is { } all and > 0 ? $"{text} ({done} of {all})" : text));

    public void Blocked(string target, BlockedRun? run) => Change(() => blocked =
        [.. blocked.Where(one => one.Target != target), .. run is null ? Array.Empty<BlockedTarget>() : [new BlockedTarget(target, run with { Sessions = [.. run.Sessions.Select(Redacted)] })]]);

    /// <summary>Asks it to stop.</summary>
    public void Stop() => stop.Cancel();

    /// <summary>Another server has the job: it stops here.</summary>
    public void Lose()
    {
        IsLost = true;
        stop.Cancel();
    }

    /// <summary>What those see who watch at another server, if it is not what they saw before.</summary>
    public JobProgress? News()
    {
        lock (gate)
        {
            if (!isNew)
                return null;
            isNew = false;
            var first = Math.Max(0, lines.Count - MostSent);
            return new JobProgress(first, [.. lines.Skip(first)], now) { Blocked = blocked };
        }
    }

    /// <summary>There will be no more.</summary>
    public void End() => Change(() => (now, blocked, hasEnded) = (null, [], true));

    /// <summary>Waits until there is something that the watcher has not seen.</summary>
    /// <param name="seen">How many lines the watcher has.</param>
    /// <param name="shown">What the watcher was told is going on.</param>
    /// <param name="blockedBefore">Who the watcher was told is in the way.</param>
    /// <param name="cancel">The watcher goes away.</param>
    public async Task<JobLook> WatchAsync(int seen, string? shown, IReadOnlyList<BlockedTarget> blockedBefore, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (lines.Count > seen || now != shown || hasEnded || (!ReferenceEquals(blocked, blockedBefore) && blocked.Count + blockedBefore.Count > 0))
                    return new JobLook([.. lines.Skip(seen)], now, blocked, hasEnded);
                next = changed.Task;
            }

            await next.WaitAsync(cancel);
        }
    }

    public void Dispose() => stop.Dispose();

    private BlockedRunSession Redacted(BlockedRunSession session) => session with { Who = redactor.Redact(session.Who), What = redactor.Redact(session.What), Query = redactor.Redact(session.Query) };

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            isNew = true;
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
