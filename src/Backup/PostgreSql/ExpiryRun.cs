using System.Text.Json.Nodes;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>Removes from a repository what retention no longer keeps. pgBackRest's own retention, which knows nothing of drills, is switched off.</summary>
/// <param name="target">The cluster.</param>
/// <param name="clock">The clock.</param>
internal sealed class ExpiryRun(BackupTarget target, TimeProvider clock)
{
    /// <summary>Removes it.</summary>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="repository">The repository's number.</param>
    /// <param name="label">One set, with those that need it; null for what retention says.</param>
    /// <param name="cancel">Stops it.</param>
    /// <param name="known">The repository, when it was just read; null to read it.</param>
    /// <returns>The labels of what is gone, and what was kept.</returns>
    public async Task<(IReadOnlyList<string> Removed, Retention Kept)> RunAsync(string run, int repository, string? label, CancellationToken cancel, RepositoryView? known = null)
    {
        var before = known ?? await target.RepositoryAsync(repository, cancel);
        var retention = await RetentionAsync(before, cancel);
        // Asking pgBackRest to remove nothing takes as long as many a backup.
        if (label is null && known is not null && !retention.MayLetGo(before.Sets))
            return ([], retention);
        foreach (var restored in await target.Engine.BeingRestoredAsync(cancel))
        {
            if (label is not null && before.Sets.Any(set => set.Label == restored && (restored == label || set.Needs.Contains(label))))
                throw new LockkeeperException(BackupErrors.Busy, $"{restored} is being restored", "Wait until it is done, then run the same command again. Nothing was removed.");
            // What retention no longer keeps goes with the next backup.
            if (label is null && before.Sets.Any(set => set.Label == restored))
                return ([], retention);
        }

        await target.Engine.ExpireAsync(repository, label, retention, cancel);
        var left = (await target.RepositoryAsync(repository, cancel)).Sets.Select(set => set.Label).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> gone = [.. before.Sets.Select(set => set.Label).Where(one => !left.Contains(one))];
        if (gone.Count > 0)
            await target.Record.AppendAsync(BackupRecord.ExpiredKind, run, new JsonObject { ["repository"] = repository, ["removed"] = new JsonArray([.. gone.Select(one => JsonValue.Create(one))]), ["kept_for_its_drill"] = retention.Proven }, cancel);
        return (gone, retention);
    }

    /// <summary>What a repository keeps.</summary>
    public async Task<Retention> RetentionAsync(RepositoryView view, CancellationToken cancel) =>
        Retention.Of(target.Policy.Repositories[view.Number - 1].Value, view.Sets, Retention.LastProven(view.Sets, await target.Record.EvidenceAsync(cancel)), clock.GetUtcNow());
}
