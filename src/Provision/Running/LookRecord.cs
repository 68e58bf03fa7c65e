using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.Running;

/// <summary>Writes into the ledger what looks at clusters have found.</summary>
internal sealed class LookRecord(Workspace workspace)
{
    /// <summary>A watch that finds the same each minute writes it so often: who reads it sees that somebody still looks.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    private readonly Dictionary<string, (string Found, long At)> written = new(StringComparer.Ordinal);

    /// <summary>Writes a look.</summary>
    public static Task AddAsync(Workspace workspace, ProvisionResult result, CancellationToken cancel) =>
        DriftCheck.RecordAsync(workspace, DriftOf.Cluster, result.Cluster.Environment?.Value, result.Cluster.Name, [.. result.Before.All.Select(difference => difference.Words)], cancel);

    /// <summary>Writes those of repeated looks that say something new.</summary>
    public async Task AddNewsAsync(IReadOnlyList<ProvisionResult> results, CancellationToken cancel)
    {
        foreach (var result in results)
        {
            var found = string.Join('\n', result.Before.All.Select(difference => difference.Words));
            if (written.TryGetValue(result.Cluster.Name, out var last) && last.Found == found && workspace.Clock.GetElapsedTime(last.At) < Again)
                continue;
            written[result.Cluster.Name] = (found, workspace.Clock.GetTimestamp());
            await AddAsync(workspace, result, cancel);
        }
    }
}
