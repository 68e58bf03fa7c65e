using System.Text.Json;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Jobs;

/// <summary>Jobs as documents; the newest are kept. Only who has read a job's last state may change it, so that of two servers one has it.</summary>
/// <param name="documents">The store.</param>
internal sealed class JobStore(IDocumentStore documents)
{
    /// <summary>How many are kept; the ledger keeps what they did for ever.</summary>
    public const int Kept = 1000;

    private const string Kind = "job";
    private const string KeyKind = "idempotency";

    /// <summary>The jobs that have not ended, so that they are found without reading all.</summary>
    private const string OpenKind = "job-open";
    private const string StopKind = "job-stop";
    private const string LookKind = "job-look";

    /// <summary>Whether other servers may run jobs of it.</summary>
    public bool IsShared => documents.IsShared;

    /// <summary>A job; null when there is none.</summary>
    public Job? Find(string id) => documents.Get(Kind, id) is { } text ? Read(text) : null;

    /// <summary>The newest ones, the newest first.</summary>
    public IReadOnlyList<Job> Newest(int count) => [.. documents.All(Kind, count).Select(pair => Read(pair.Value)).Reverse()];

    /// <summary>Those that have not ended.</summary>
    public IReadOnlyList<Job> Open()
    {
        var open = new List<Job>();
        foreach (var (id, _) in documents.All(OpenKind))
        {
            if (Find(id) is not { } job)
                continue;
            if (!job.IsOver)
                open.Add(job);
            else
                // Its server died before it took the mark away.
                documents.Put(OpenKind, id, null);
        }

        return open;
    }

    /// <summary>Adds a job; null when its id is taken. The mark comes first: a job that nobody would look for would be lost.</summary>
    public Job? Add(Job job)
    {
        documents.Put(OpenKind, job.Id, "");
        return Swap(job.Id, null, job);
    }

    /// <summary>Writes a job in the place of what was read; null when somebody else has written it meanwhile.</summary>
    public Job? Replace(Job read, Job job)
    {
        var written = Swap(read.Id, read.Stored, job);
        if (written is not { IsOver: true })
            return written;
        foreach (var kind in new[] { OpenKind, StopKind, LookKind })
            documents.Put(kind, job.Id, null);
        return written;
    }

    /// <summary>Wishes that a job stops that runs at another server.</summary>
    public void AskToStop(string id) => documents.Put(StopKind, id, "");

    /// <summary>The jobs that somebody wants to stop.</summary>
    public IReadOnlyList<string> AskedToStop() => [.. documents.All(StopKind).Select(pair => pair.Key)];

    /// <summary>Writes what a job says while it runs, for those who watch at another server.</summary>
    public void Publish(string id, JobProgress progress) => documents.Put(LookKind, id, JsonSerializer.Serialize(progress, JobJson.Default.JobProgress));

    /// <summary>What a job at another server says while it runs.</summary>
    public JobProgress Progress(string id) => documents.Get(LookKind, id) is { } text ? JsonSerializer.Deserialize(text, JobJson.Default.JobProgress)! : new JobProgress(0, [], null);

    /// <summary>Takes an idempotency key for a job; gives the id of the job that has it already, or null.</summary>
    public string? TakeKey(string key, string id) => documents.Swap(KeyKind, key, null, id) ? null : documents.Get(KeyKind, key);

    /// <summary>Takes a key over from a job that was never written: its server died before that.</summary>
    public bool TakeKeyOver(string key, string from, string id) => documents.Swap(KeyKind, key, from, id);

    /// <summary>Removes what is older than the jobs that are kept.</summary>
    public void Trim()
    {
        var all = documents.All(Kind);
        foreach (var (id, _) in all.Take(Math.Max(0, all.Count - Kept)))
            documents.Put(Kind, id, null);
        var oldest = all.Count > Kept ? all[^Kept].Key : "";
        foreach (var (key, id) in documents.All(KeyKind).Where(pair => string.CompareOrdinal(pair.Value, oldest) < 0))
            documents.Swap(KeyKind, key, id, null);
    }

    private Job? Swap(string id, string? expected, Job job)
    {
        var text = JsonSerializer.Serialize(job, JobJson.Default.Job);
        return documents.Swap(Kind, id, expected, text) ? job with { Stored = text } : null;
    }

    private static Job Read(string text) => JsonSerializer.Deserialize(text, JobJson.Default.Job)! with { Stored = text };
}
