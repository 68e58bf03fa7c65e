using System.Text.Json;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Jobs;

/// <summary>Jobs as documents; the newest are kept.</summary>
/// <param name="documents">The store.</param>
internal sealed class JobStore(IDocumentStore documents)
{
    /// <summary>How many are kept; the ledger keeps what they did for ever.</summary>
    public const int Kept = 1000;

    private const string Kind = "job";
    private const string KeyKind = "idempotency";

    /// <summary>A job; null when there is none.</summary>
    public Job? Find(string id) => documents.Get(Kind, id) is { } text ? Read(text) : null;

    /// <summary>The newest ones, the newest first.</summary>
    public IReadOnlyList<Job> Newest(int count) => [.. documents.All(Kind, count).Select(pair => Read(pair.Value)).Reverse()];

    /// <summary>Writes a job.</summary>
    public void Put(Job job) => documents.Put(Kind, job.Id, JsonSerializer.Serialize(job, JobJson.Default.Job));

    /// <summary>Takes an idempotency key for a job; gives the id of the job that has it already, or null.</summary>
    public string? TakeKey(string key, string id) => documents.Swap(KeyKind, key, null, id) ? null : documents.Get(KeyKind, key);

    /// <summary>Gives a key back whose job could not begin.</summary>
    public void FreeKey(string key, string id) => documents.Swap(KeyKind, key, id, null);

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

    private static Job Read(string text) => JsonSerializer.Deserialize(text, JobJson.Default.Job)!;
}
