using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Drives pgBackRest for one cluster.</summary>
/// <param name="site">The cluster.</param>
/// <param name="secrets">Resolves the secrets of its repositories; asked only by what needs them.</param>
internal sealed partial class PgBackRestEngine(PgBackRestSite site, Func<CancellationToken, Task<PgBackRestSecrets>> secrets) : IBackupEngine
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);

    // A backup of many terabytes takes days; Ctrl-C and --timeout end it.
    private static readonly TimeSpan Long = TimeSpan.FromDays(14);

    private readonly PgBackRestProgram program = new(site);

    public string Name => "pgBackRest";

    public async Task<IReadOnlyList<SetupStep>> CompareAsync(CancellationToken cancel) => await new PgBackRestSetup(site, await secrets(cancel), program).CompareAsync(cancel);

    public async Task<IReadOnlyList<RepositoryView>> ReadAsync(CancellationToken cancel)
    {
        var answer = await program.RunAsync(["--output=json", "info"], Short, cancel, keepLines: int.MaxValue);
        var info = PgBackRestInfo.Parse(answer.Output, site.SegmentBytes);
        var views = new List<RepositoryView>();
        foreach (var (index, repository) in site.Policy.Repositories.Index())
        {
            var number = index + 1;
            var system = info.Systems.LastOrDefault(one => one.Repository == number);
            if (system.ArchiveId is not null && system.System != site.SystemId)
                throw new LockkeeperException(BackupErrors.OtherCluster, $"{Place(repository.Value)} holds the backups of another cluster under the name {site.Stanza}", "Give this cluster a 'stanza' or a repository of its own. Nothing was changed in the repository.", repository.At);
            views.Add(new RepositoryView(
                number, Place(repository.Value), info.Problems.GetValueOrDefault(number) ?? (system.ArchiveId is null ? "not set up" : null),
                [.. info.Sets.Where(set => set.Repository == number)], system.ArchiveId is null ? new WalArchive("", [], [], site.SegmentBytes) : await ArchiveAsync(number, system.ArchiveId, cancel)));
        }

        return views;
    }

    public async Task CheckAsync(CancellationToken cancel) => await program.RunAsync(["check"], Short, cancel);

    public async Task TakeAsync(BackupKind kind, int repository, IProgressSink progress, CancellationToken cancel)
    {
        await program.RunAsync(
            [$"--repo={repository}", $"--type={Word(kind)}", "--log-level-console=detail", "backup"], Long, cancel,
            line => Follow(line.Text, $"backing up {site.Stanza}", progress));
        progress.Now(null);
    }

    public async Task<IReadOnlyList<DamagedPart>> VerifyAsync(int repository, CancellationToken cancel)
    {
        var result = await program.TryAsync([$"--repo={repository}", "--log-level-console=info", "verify"], Long, cancel, keepLines: 100_000);
        var damaged = PgBackRestVerify.Parse(result.Lines.Select(line => line.Text));
        // It ends with 0 whatever it has found (pgbackrest issue 2502); another code is a repository that it could not read at all.
        return result.Succeeded || damaged.Count > 0 ? damaged : throw program.Error("verify", result, Long);
    }

    public async Task RestoreAsync(BackupSet set, string folder, RestoreOptions options, IProgressSink progress, CancellationToken cancel)
    {
        var arguments = new List<string> { $"--repo={set.Repository}", $"--set={set.Label}", $"--pg1-path={folder}", "--type=default", "--archive-mode=off", "--log-level-console=detail" };
        if (options.Processes is { } processes)
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--process-max={processes}"));
        if (options.TablespaceFolder is { } tablespaces)
            arguments.Add($"--tablespace-map-all={tablespaces}");
        arguments.AddRange((options.Databases ?? []).Select(database => $"--db-include={database}"));
        await program.RunAsync([.. arguments, "restore"], Long, cancel, line => Follow(line.Text, $"restoring {set.Label}", progress));
        progress.Now(null);
    }

    public async Task ExpireAsync(int repository, string? label, CancellationToken cancel) =>
        await program.RunAsync([$"--repo={repository}", .. label is null ? Array.Empty<string>() : [$"--set={label}"], "expire"], Short, cancel);

    private async Task<WalArchive> ArchiveAsync(int repository, string id, CancellationToken cancel)
    {
        var answer = await program.RunAsync([$"--repo={repository}", "--recurse", "--output=json", "repo-ls", $"archive/{site.Stanza}"], Short, cancel, keepLines: int.MaxValue);
        var listing = PgBackRestListing.Parse(answer.Output, site.SegmentBytes);
        var histories = new List<TimelineHistory>();
        foreach (var (_, timeline, path) in listing.Histories.Where(one => one.ArchiveId == id))
        {
            var text = await program.RunAsync([$"--repo={repository}", "repo-get", $"archive/{site.Stanza}/{path}"], Short, cancel);
            histories.Add(TimelineHistory.Parse(timeline, text.Output));
        }

        return new WalArchive(id, listing.Segments.GetValueOrDefault(id) ?? [], histories, site.SegmentBytes);
    }

    /// <summary>Reads how far it is from the line of a file: <c>… (1GB, 45.67%) checksum …</c>.</summary>
    private static void Follow(string line, string words, IProgressSink progress)
    {
        if (Share().Match(line) is { Success: true } match)
            progress.Now(words, (long)double.Parse(match.Groups["share"].ValueSpan, CultureInfo.InvariantCulture), 100);
    }

    [GeneratedRegex(@"\(\S+, (?<share>\d+(\.\d+)?)%\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Share();

    private static string Word(BackupKind kind) => kind switch { BackupKind.Full => "full", BackupKind.Differential => "diff", _ => "incr" };

    private static string Place(Kernel.Config.Clusters.RepositoryConfig repository) => repository.ObjectStore is { } store ? $"s3://{store.Bucket}{repository.Path} at {store.Endpoint}" : repository.Path;
}
