using System.Globalization;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Drives pgBackRest for one cluster.</summary>
/// <param name="site">The cluster.</param>
/// <param name="secrets">Resolves the secrets of its repositories; asked only by what needs them.</param>
internal sealed class PgBackRestEngine(PgBackRestSite site, Func<CancellationToken, Task<PgBackRestSecrets>> secrets) : IBackupEngine
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);

    // A backup of many terabytes takes days; Ctrl-C and --timeout end it.
    private static readonly TimeSpan Long = TimeSpan.FromDays(14);

    private readonly PgBackRestProgram program = new(site);

    public string Name => "pgBackRest";

    public async Task<IReadOnlyList<SetupStep>> CompareAsync(CancellationToken cancel) => await new PgBackRestSetup(site, await secrets(cancel), program).CompareAsync(cancel);

    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (await new HostFiles(site.Host).StatAsync(site.ConfigFile, cancel) is not null)
            return;
        foreach (var step in await new PgBackRestSetup(site, await secrets(cancel), program).FilesAsync(cancel))
            await step.DoAsync(cancel);
    }

    public async Task<IReadOnlyList<RepositoryView>> ReadAsync(CancellationToken cancel)
    {
        var archives = site.Policy.Repositories.Select((_, index) => new PgBackRestArchive(program, site, index + 1)).ToList();
        var files = archives.Select(archive => archive.ListFilesAsync(cancel)).ToList();
        var info = await PgBackRestInfoReading.ReadAsync(program, site, cancel);
        var views = new List<RepositoryView>();
        foreach (var (index, repository) in site.Policy.Repositories.Index())
        {
            var number = index + 1;
            var id = info.ArchiveOf(number, site);
            IReadOnlyList<BackupSet> sets = [.. info.Sets.Where(set => set.Repository == number)];
            var problem = info.Problems.GetValueOrDefault(number) ?? (id is null ? "not set up" : null);
            var isLocked = problem is not null && PgBackRestInfo.IsWrongPass(problem, repository.Value.Cipher is not null);
            views.Add(new RepositoryView(
                number, repository.Value.Place, isLocked ? "its pass is not the one that it was written with" : problem,
                sets, id is null ? new WalArchive("", [], [], site.SegmentBytes) : await archives[index].ReadAsync(id, sets, await files[index], cancel)) { IsLocked = isLocked });
        }

        return views;
    }

    public async Task CheckAsync(CancellationToken cancel) => await program.RunAsync(["check"], Short, cancel);

    public Task<IReadOnlyList<string>> UnwritableAsync(CancellationToken cancel) => new RepositoryRoom(site).TroublesAsync(cancel);

    public async Task TakeAsync(BackupKind kind, int repository, IProgressSink progress, CancellationToken cancel)
    {
        var follow = new CopyProgress($"backing up {site.Stanza}", progress, TimeProvider.System);
        await program.RunAsync(
            [$"--repo={repository}", $"--type={Word(kind)}", "--log-level-console=detail", "backup"], Long, cancel,
            line => follow.Follow(line.Text));
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
        if (options.Delta)
            arguments.Add("--delta");
        if (options.TablespaceFolder is { } tablespaces)
            arguments.Add($"--tablespace-map-all={tablespaces}");
        arguments.AddRange((options.Databases ?? []).Select(database => $"--db-include={database}"));
        var follow = new CopyProgress($"restoring {set.Label}", progress, TimeProvider.System);
        await program.RunAsync([.. arguments, "restore"], Long, cancel, line => follow.Follow(line.Text), isGentle: options.IsGentle);
        progress.Now(null);
    }

    public async Task<IReadOnlyList<string>> BeingRestoredAsync(CancellationToken cancel)
    {
        // pgBackRest keeps no other program from removing what a restore reads. One grep over all: a program for each would take a second on a host with many.
        const string script = "for p in $(grep -lasF -- \"$1\" /proc/[0-9]*/cmdline); do a=$(tr '\\0' '\\n' 2>/dev/null <\"$p\") || continue; case \"$a\" in pgbackrest*\"$1\"*restore) printf '%s\\n' \"$a\" | sed -n 's/^--set=//p' ;; esac; done";
        var answer = await site.Host.RunAsync(new HostCommand("sh", "-c", script, "lk", $"--config={site.ConfigFile}") { User = site.User }, cancel);
        return [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
    }

    public async Task ExpireAsync(int repository, string? label, Retention retention, CancellationToken cancel)
    {
        var arguments = new List<string> { $"--repo={repository}", string.Create(CultureInfo.InvariantCulture, $"--repo{repository}-retention-full={retention.Full}") };
        if (retention.Differential is { } differential)
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--repo{repository}-retention-diff={differential}"));
        if (label is not null)
            arguments.Add($"--set={label}");
        await program.RunAsync([.. arguments, "expire"], Short, cancel);
    }

    private static string Word(BackupKind kind) => kind switch { BackupKind.Full => "full", BackupKind.Differential => "diff", _ => "incr" };
}
