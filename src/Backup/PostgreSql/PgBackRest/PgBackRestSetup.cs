using System.Globalization;
using System.Text;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>What is missing until a cluster's backups can be taken: folders, configuration, the stanza, the lines of cron.</summary>
internal sealed class PgBackRestSetup(PgBackRestSite site, PgBackRestSecrets secrets, PgBackRestProgram program)
{
    /// <summary>Older ones do not know what is asked of it here.</summary>
    private static readonly Version Oldest = new(2, 40);

    /// <summary>From here on it copies the changed blocks of a file (release notes of 2.46).</summary>
    private static readonly Version WithBlocks = new(2, 46);

    private readonly HostFiles files = new(site.Host);

    private string CronFile => CronFileOf(site.Stanza);

    private string Owner => $"{site.User}:";

    /// <summary>The file of the schedule. cron reads no file with a dot in its name.</summary>
    public static string CronFileOf(string stanza) => $"/etc/cron.d/lockkeeper-backup-{stanza.Replace('.', '_')}";

    public async Task<IReadOnlyList<SetupStep>> CompareAsync(CancellationToken cancel)
    {
        // Each is a program on the host; what they wait for is not each other.
        var stanza = StanzaMissingAsync(cancel);
        var cron = CronAsync(cancel);
        List<SetupStep> steps;
        try
        {
            steps = await FilesAsync(cancel);
        }
        finally
        {
            // Without its configuration pgBackRest knows of no stanza.
            await Task.WhenAny(Task.WhenAll(stanza, cron));
        }

        if (steps.Count > 0 || await stanza)
            steps.Add(new SetupStep("backup", $"stanza {site.Stanza}", $"pgbackrest --stanza={site.Stanza} stanza-create", stop => program.RunAsync(["stanza-create"], TimeSpan.FromMinutes(5), stop)));
        steps.AddRange(await cron);
        return steps;
    }

    /// <summary>Folders, configuration and password on the host.</summary>
    public async Task<List<SetupStep>> FilesAsync(CancellationToken cancel)
    {
        var (asked, configuration) = (VersionAsync(cancel), files.ReadAsync(site.ConfigFile, cancel));
        var folders = Folders().Select(folder => (Path: folder, Entry: files.StatAsync(folder, cancel))).ToList();
        await Task.WhenAll([asked, configuration, .. folders.Select(folder => folder.Entry)]);
        var (version, there) = (await asked, await configuration);
        var steps = new List<SetupStep>();
        foreach (var (folder, entry) in folders)
        {
            if (await entry is null)
                steps.Add(new SetupStep("backup", $"folder {folder}", $"mkdir -m 750 {folder}", stop => files.MakeFolderAsync(folder, "750", Owner, stop)));
        }

        var text = PgBackRestConfigFile.Text(site, secrets.Repositories, InBlocks(version, there?.Text, site.Policy.Repositories.Count));
        if (there is null || there.Text != text || there.Entry.Mode != "600" || there.Entry.Owner != site.User)
            steps.Add(new SetupStep("backup", there is null ? $"configuration {site.ConfigFile}" : $"configuration {site.ConfigFile} as declared again", $"write {site.ConfigFile}, mode 600", stop => files.WriteAsync(site.ConfigFile, text, "600", Owner, stop)));
        if (secrets.Password is { } password)
        {
            var pass = PgBackRestConfigFile.PassText(site, password);
            var now = await files.ReadAsync(site.PassFile, cancel);
            if (now?.Text != pass || now.Entry.Mode != "600")
                steps.Add(new SetupStep("backup", $"password of {site.Role}, for pgBackRest", $"write {site.PassFile}, mode 600", stop => files.WriteAsync(site.PassFile, pass, "600", Owner, stop)));
        }

        return steps;
    }

    /// <summary>Repositories that are new, and those that had it: what is in an older one could be read by an older program, and stays so.</summary>
    /// <param name="version">The program's version; null when it is not known.</param>
    /// <param name="there">The configuration as it is; null for none.</param>
    /// <param name="repositories">How many repositories there are.</param>
    public static IReadOnlySet<int> InBlocks(Version? version, string? there, int repositories)
    {
        var lines = (there ?? "").Split('\n');
        return version < WithBlocks || version is null
            ? new HashSet<int>()
            : Enumerable.Range(1, repositories).Where(number => lines.Contains($"repo{number}-block=y") || !lines.Any(line => line.StartsWith($"repo{number}-path=", StringComparison.Ordinal))).ToHashSet();
    }

    private IEnumerable<string> Folders()
    {
        yield return site.Folder;
        foreach (var name in new[] { "spool", "lock", "log" })
            yield return $"{site.Folder}/{name}";
        foreach (var repository in site.Policy.Repositories.Where(one => one.Value.ObjectStore is null))
            yield return repository.Value.Path;
    }

    private async Task<Version?> VersionAsync(CancellationToken cancel)
    {
        var answer = await site.Host.RunAsync(new HostCommand("sh", "-c", "command -v pgbackrest >/dev/null && pgbackrest version") { User = site.User }, cancel);
        if (!answer.Succeeded)
            throw new LockkeeperException(BackupErrors.ProgramMissing, $"pgbackrest is not on {site.Host.Name}", "Install it there, on Debian: apt-get install pgbackrest");
        if (!Version.TryParse(answer.Output.Trim().Split(' ')[^1].Split("dev")[0], out var version))
            return null;
        return version >= Oldest ? version : throw new LockkeeperException(BackupErrors.ProgramMissing, $"pgbackrest {version} on {site.Host.Name} is too old", $"Install {Oldest} or later.");
    }

    /// <summary>Whether a repository has no stanza yet. Making one that is there changes nothing.</summary>
    private async Task<bool> StanzaMissingAsync(CancellationToken cancel)
    {
        var info = await PgBackRestInfoReading.ReadAsync(program, site, cancel);
        if (info.Unreadable.Count > 0)
            throw program.Unreadable(info.Unreadable[0], info.Problems[info.Unreadable[0]]);
        // All of them are looked at: one of another cluster is refused before anything is made in the first.
        return Enumerable.Range(1, site.Policy.Repositories.Count).Select(number => info.ArchiveOf(number, site)).ToList().Contains(null);
    }

    /// <summary>The schedule is the host's own cron, so that it goes on whatever becomes of this program. Only root may write there.</summary>
    private async Task<IReadOnlyList<SetupStep>> CronAsync(CancellationToken cancel)
    {
        var text = CronText();
        var there = await files.ReadAsync(CronFile, cancel);
        if (text is null)
            return there is null ? [] : [new SetupStep("backup", "schedule taken away", $"rm {CronFile}", stop => files.RemoveAsync(CronFile, stop))];
        return there?.Text == text ? [] : [new SetupStep("backup", $"schedule in {CronFile}", text, stop => files.WriteAsync(CronFile, text, "644", "root:root", stop))];
    }

    private string? CronText()
    {
        var schedule = site.Policy.Schedule;
        var lines = new[] { (schedule.Full, "full"), (schedule.Differential, "diff"), (schedule.Incremental, "incr") }.Where(one => one.Item1 is not null).ToList();
        if (lines.Count == 0 || schedule.ByServer)
            return null;
        var text = new StringBuilder($"# Written by lk provision apply; what is changed here by hand is drift.\nPATH=/usr/local/bin:/usr/bin:/bin\nPGPASSFILE={site.PassFile}\n");
        // One repository after the other: two backups of one cluster at once are refused.
        foreach (var (when, kind) in lines)
            text.Append(CultureInfo.InvariantCulture, $"{when} {site.User} {string.Join(" ; ", site.Policy.Repositories.Select((_, index) => $"pgbackrest --config={ShellText.Quote(site.ConfigFile)} --stanza={site.Stanza} --repo={index + 1} --type={kind} backup"))}\n");

        return text.ToString();
    }
}
