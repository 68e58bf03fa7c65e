using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Runs pgBackRest as the server's user.</summary>
/// <param name="site">The cluster.</param>
internal sealed class PgBackRestProgram(PgBackRestSite site)
{
    /// <summary>The errors that are told apart (pgBackRest's src/build/error/error.yaml, the exit codes of 2.45 and later).</summary>
    private const int CryptoError = 31, LockHeld = 50, FileMissing = 55, Terminated = 63, FileWrite = 64, ArchiveCommandInvalid = 68, ArchiveTimeout = 82, ArchiveDisabled = 87;

    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">The command and its options.</param>
    /// <param name="timeout">Time limit.</param>
    /// <param name="cancel">Stops it.</param>
    /// <param name="onLine">Hears each line.</param>
    /// <param name="keepLines">How many of its last lines are kept.</param>
    /// <param name="isGentle">Whether others on the host go first.</param>
    /// <exception cref="LockkeeperException">It failed.</exception>
    public async Task<ProcessResult> RunAsync(IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancel, Action<OutputLine>? onLine = null, int keepLines = 200, bool isGentle = false)
    {
        var result = await TryAsync(command, timeout, cancel, onLine, keepLines, isGentle);
        return result.Succeeded ? result : throw Error(command[^1], result, timeout);
    }

    /// <summary>Runs a command to its end, whatever that is.</summary>
    public Task<ProcessResult> TryAsync(IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancel, Action<OutputLine>? onLine = null, int keepLines = 200, bool isGentle = false)
    {
        var words = new HostCommand("pgbackrest", [$"--config={site.ConfigFile}", $"--stanza={site.Stanza}", .. command])
        {
            User = site.User, Timeout = timeout, OnLine = onLine, KeepLines = keepLines, Variables = new Dictionary<string, string> { ["PGPASSFILE"] = site.PassFile },
        };
        return site.Host.RunAsync(isGentle ? Gently.Run(words) : words, cancel);
    }

    /// <summary>The error of a command that failed.</summary>
    public LockkeeperException Error(string command, ProcessResult result, TimeSpan timeout)
    {
        var words = Words(result);
        var facts = words.Skip(1).Select(line => new ErrorFact("PGBACKREST", line)).ToList();
        var said = words.Count > 0 ? words[0] : result.TimedOut ? $"it did not end within {Kernel.Config.Durations.Words(timeout)}" : string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {result.ExitCode}");
        // What one of its processes met is told over several lines, the system's own words last.
        var (code, hint) = Meaning(result.TimedOut ? 0 : result.ExitCode, words.Count > 0 ? string.Join('\n', words) : said);
        return new LockkeeperException(code, $"{site.Stanza} on {site.Host.Name}: pgbackrest {command}: {said}", hint) { Facts = facts };
    }

    /// <summary>The error of a repository that its <c>info</c> could not read.</summary>
    public LockkeeperException Unreadable(int repository, string problem)
    {
        var place = site.Policy.Repositories[repository - 1];
        var (code, hint) = Meaning(PgBackRestInfo.IsWrongPass(problem, place.Value.Cipher is not null) ? CryptoError : 0, problem);
        return new LockkeeperException(code == BackupErrors.EngineFailed ? BackupErrors.RepositoryUnreachable : code, $"{place.Value.Place} cannot be read: {problem}", hint, place.At);
    }

    private (ErrorCode Code, string Hint) Meaning(int exitCode, string said) => exitCode switch
    {
        127 => (BackupErrors.ProgramMissing, "Install it there, on Debian: apt-get install pgbackrest"),
        // 128 and the number of a signal; one of its own helpers that was ended says so in words.
        Terminated or > 128 => (BackupErrors.Interrupted, "Run the same command again. When nobody has ended it, look at the host's log for one that was out of memory."),
        _ when said.Contains("terminated unexpectedly", StringComparison.Ordinal) => (BackupErrors.Interrupted, "Run the same command again. When nobody has ended it, look at the host's log for one that was out of memory."),
        LockHeld => (BackupErrors.Busy, "Wait until it is done: a lock whose process is gone is free by itself."),
        // Encryption and TLS are one library to it.
        CryptoError when !said.Contains("certificate", StringComparison.Ordinal) && !said.Contains("TLS", StringComparison.Ordinal) => (BackupErrors.WrongCipher, Restoring.SetChoice.CipherHint),
        ArchiveTimeout => (BackupErrors.ArchivingFails, "Look at the server's log and at pg_stat_archiver for what the archive command says."),
        ArchiveCommandInvalid or ArchiveDisabled => (BackupErrors.NotSetUp, "The server does not archive as declared: lk provision apply"),
        FileMissing when said.Contains("info", StringComparison.Ordinal) => (BackupErrors.NotSetUp, "Set it up: lk provision apply"),
        // A write that was cut short by a full disk has no word of the system's behind it.
        FileWrite when site.Policy.Repositories.Any(one => one.Value.ObjectStore is null && said.Contains($"'{one.Value.Path}/", StringComparison.Ordinal)) => (BackupErrors.RepositoryUnreachable, "Make it writable and give it room, then run the same command again."),
        _ when said.StartsWith("database to include", StringComparison.Ordinal) => (KernelErrors.UnknownName, "'lk backup restore' without --database restores all of them."),
        _ when said.Contains("system-id", StringComparison.Ordinal) || said.Contains("do not match the database", StringComparison.Ordinal) =>
            (BackupErrors.OtherCluster, "Give this cluster a 'stanza' or a repository of its own. Nothing was changed in the repository."),
        _ when said.Contains("No space left", StringComparison.Ordinal) || said.Contains("Read-only file system", StringComparison.Ordinal) || said.Contains("Permission denied", StringComparison.Ordinal)
            || said.Contains("unable to connect", StringComparison.Ordinal) || said.Contains("unable to get address", StringComparison.Ordinal) || said.Contains("HTTP request failed", StringComparison.Ordinal)
            || said.Contains("TLS error", StringComparison.Ordinal) || said.Contains("certificate", StringComparison.Ordinal) =>
            (BackupErrors.RepositoryUnreachable, "Make it reachable and give it room, then run the same command again."),
        _ => (BackupErrors.EngineFailed, $"pgBackRest's own log is in {site.Folder}/log."),
    };

    /// <summary>Its errors without the time and process before them, the first one first.</summary>
    private static List<string> Words(ProcessResult result)
    {
        var words = new List<string>();
        foreach (var line in result.Lines.Select(one => one.Text))
        {
            var at = line.IndexOf("ERROR: ", StringComparison.Ordinal);
            if (at >= 0)
                words.Add(line[(at + "ERROR: ".Length)..]);
            else if (words.Count > 0 && line.StartsWith("   ", StringComparison.Ordinal))
                words.Add(line.Trim());
        }

        return words;
    }
}
