using System.Globalization;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Looks whether repositories can be written where they are folders of the host: when WAL does not get there, pgBackRest waits a minute and names the segment only.</summary>
/// <param name="site">The cluster.</param>
internal sealed class RepositoryRoom(PgBackRestSite site)
{
    // A folder that is there may be one that a disk was to be mounted on: it is looked at where the stanza has its archive.
    private const string Script =
        """
        d=$1
        [ -d "$d" ] || { echo "it is not there"; exit 0; }
        f=$d/.lockkeeper-$$
        if e=$(touch -- "$f" 2>&1); then rm -f -- "$f"; df -P -k -- "$d" | awk 'NR == 2 { print "free " $4 }'; else echo "${e##*: }"; fi
        """;

    /// <summary>What keeps them from being written, a sentence each; empty when nothing is seen.</summary>
    public async Task<IReadOnlyList<string>> TroublesAsync(CancellationToken cancel)
    {
        var troubles = new List<string>();
        foreach (var repository in site.Policy.Repositories.Select(one => one.Value).Where(one => one.ObjectStore is null))
        {
            var answer = await site.Host.RunAsync(new HostCommand("sh", "-c", Script, "lk", $"{repository.Path}/archive/{site.Stanza}") { User = site.User }, cancel);
            var said = answer.Output.Trim();
            if (!answer.Succeeded || said.Length == 0)
                continue;
            if (!said.StartsWith("free ", StringComparison.Ordinal))
                troubles.Add($"{repository.Place} on {site.Host.Name} cannot be written: {said}");
            else if (long.Parse(said.AsSpan(5), CultureInfo.InvariantCulture) * 1024 is var free && free < site.SegmentBytes)
                troubles.Add($"{repository.Place} on {site.Host.Name} is full: {CopyFolder.Size(free)} are free, and a WAL segment has {CopyFolder.Size(site.SegmentBytes)} before it is compressed");
        }

        return troubles;
    }
}
