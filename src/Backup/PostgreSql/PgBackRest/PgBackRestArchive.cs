using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Reads the archive of a repository: from its files where they are on this machine, else through pgBackRest.</summary>
/// <param name="program">The program.</param>
/// <param name="site">The cluster.</param>
/// <param name="repository">The repository's number.</param>
internal sealed class PgBackRestArchive(PgBackRestProgram program, PgBackRestSite site, int repository)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Kernel.Config.Clusters.RepositoryConfig declared = site.Policy.Repositories[repository - 1].Value;

    private string Path => $"archive/{site.Stanza}";

    /// <summary>Begins to list what can be listed without asking pgBackRest; it takes its time beside that.</summary>
    /// <returns>Null for what cannot.</returns>
    public Task<PgBackRestListing?> ListFilesAsync(CancellationToken cancel) =>
        site.Host is LocalHost && declared.ObjectStore is null ? Task.Run(() => ArchiveFolder.TryList($"{declared.Path}/{Path}", site.SegmentBytes), cancel) : Task.FromResult<PgBackRestListing?>(null);

    /// <summary>The archive of one of the server's versions.</summary>
    /// <param name="id">The archive's id.</param>
    /// <param name="sets">The sets of the repository, the newest last.</param>
    /// <param name="files">What was listed already.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<WalArchive> ReadAsync(string id, IReadOnlyList<BackupSet> sets, PgBackRestListing? files, CancellationToken cancel)
    {
        // A set that ended while the files were listed was listed without its last segment.
        if (files is not null && sets is [.., { LastSegment: { } last }] && files.Segments.GetValueOrDefault(id)?.LastOrDefault(one => one.Segment == last) is null)
            files = await ListFilesAsync(cancel);
        var listing = files ?? await AskAsync(cancel);
        var histories = new List<TimelineHistory>();
        foreach (var (_, timeline, path) in listing.Histories.Where(one => one.ArchiveId == id))
            histories.Add(TimelineHistory.Parse(timeline, await TextAsync(path, files is not null, cancel)));
        return new WalArchive(id, listing.Segments.GetValueOrDefault(id) ?? [], histories, site.SegmentBytes);
    }

    private async Task<PgBackRestListing> AskAsync(CancellationToken cancel)
    {
        var answer = await program.RunAsync([$"--repo={repository}", "--recurse", "--output=json", "repo-ls", Path], Limit, cancel, keepLines: int.MaxValue);
        return PgBackRestListing.Parse(answer.Output, site.SegmentBytes);
    }

    /// <summary>A history file is encrypted with the rest and never compressed.</summary>
    private async Task<string> TextAsync(string path, bool isHere, CancellationToken cancel) => isHere && declared.Cipher is null
        ? await File.ReadAllTextAsync($"{declared.Path}/{Path}/{path}", cancel)
        : (await program.RunAsync([$"--repo={repository}", "repo-get", $"{Path}/{path}"], Limit, cancel)).Output;
}
