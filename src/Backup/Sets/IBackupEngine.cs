using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Sets;

/// <summary>A program that takes physical backups of one cluster and restores them. What it says about itself is never the last word: contiguity is computed from listings, and the rest is proven by restoring.</summary>
internal interface IBackupEngine
{
    /// <summary>The program's name.</summary>
    string Name { get; }

    /// <summary>What there is to do until backups can be taken, in order; empty when all is set up. Changes nothing.</summary>
    Task<IReadOnlyList<SetupStep>> CompareAsync(CancellationToken cancel);

    /// <summary>Writes what the program itself needs on the cluster's host where it is not there: for a restore on a host that is another one, or was made anew.</summary>
    Task PrepareAsync(CancellationToken cancel);

    /// <summary>What the repositories hold.</summary>
    Task<IReadOnlyList<RepositoryView>> ReadAsync(CancellationToken cancel);

    /// <summary>Sends a segment through the server's own archive command and waits until each repository has it.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">It does not get there.</exception>
    Task CheckAsync(CancellationToken cancel);

    /// <summary>What keeps repositories from being written, a sentence each, as far as it is seen without trying; empty when nothing is.</summary>
    Task<IReadOnlyList<string>> UnwritableAsync(CancellationToken cancel);

    /// <summary>Takes a backup into a repository. Nothing is removed.</summary>
    /// <param name="kind">What it shall hold; without a full one before it becomes a full one.</param>
    /// <param name="repository">The repository's number.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancel">Stops it; what was copied is used by the next one.</param>
    Task TakeAsync(BackupKind kind, int repository, IProgressSink progress, CancellationToken cancel);

    /// <summary>Reads every file of a repository and compares checksums.</summary>
    /// <param name="repository">The repository's number.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>What is wrong, a sentence each; empty when nothing is.</returns>
    Task<IReadOnlyList<DamagedPart>> VerifyAsync(int repository, CancellationToken cancel);

    /// <summary>Copies a set into an empty folder, with what the server needs to fetch the WAL that follows. Starts nothing.</summary>
    /// <param name="set">The set.</param>
    /// <param name="folder">The folder; it is empty or not there.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancel">Stops it; the folder is left half filled.</param>
    Task RestoreAsync(BackupSet set, string folder, RestoreOptions options, IProgressSink progress, CancellationToken cancel);

    /// <summary>The labels of the sets that are being restored on the host right now.</summary>
    Task<IReadOnlyList<string>> BeingRestoredAsync(CancellationToken cancel);

    /// <summary>Removes a set, or what retention no longer keeps.</summary>
    /// <param name="repository">The repository's number.</param>
    /// <param name="label">The set; null for what retention says.</param>
    /// <param name="retention">What is kept.</param>
    /// <param name="cancel">Stops it.</param>
    Task ExpireAsync(int repository, string? label, Retention retention, CancellationToken cancel);
}

/// <summary>A repository as it is.</summary>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="Place">Where it is, fit for messages.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
/// <param name="Sets">Its sets, the oldest first.</param>
/// <param name="Archive">The WAL of the server as it is now.</param>
internal sealed record RepositoryView(int Number, string Place, string? Problem, IReadOnlyList<BackupSet> Sets, WalArchive Archive)
{
    /// <summary>Whether the problem is its pass.</summary>
    public bool IsLocked { get; init; }
}

/// <summary>Something that is missing until backups can be taken.</summary>
/// <param name="Object">What it is about.</param>
/// <param name="Change">What would be done.</param>
/// <param name="Script">How, without secrets.</param>
/// <param name="DoAsync">Does it.</param>
public sealed record SetupStep(string Object, string Change, string Script, Func<CancellationToken, Task> DoAsync);

/// <summary>A damaged part of a repository.</summary>
/// <param name="Sets">The sets that cannot be restored for it; empty for WAL and for what is not of a set.</param>
/// <param name="Words">What is wrong.</param>
internal sealed record DamagedPart(IReadOnlyList<string> Sets, string Words);

/// <summary>How a set is restored.</summary>
/// <param name="Databases">The databases whose files are copied, all others left empty; null for all.</param>
/// <param name="TablespaceFolder">The folder that tablespaces are put into, by their names; null for their old places.</param>
/// <param name="Processes">How many processes copy; null for as many as the policy says.</param>
/// <param name="Delta">Whether the folder may hold a copy of before, of which only what differs is copied.</param>
/// <param name="IsGentle">Whether others on the host go first.</param>
internal sealed record RestoreOptions(IReadOnlyList<string>? Databases = null, string? TablespaceFolder = null, int? Processes = null, bool Delta = false, bool IsGentle = false);
