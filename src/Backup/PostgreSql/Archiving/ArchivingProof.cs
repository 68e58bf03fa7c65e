using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql.Archiving;

/// <summary>Proves that WAL reaches the repositories: the backup program makes the server switch to a new segment and waits for the old one, and what the server says of its archive command ends the wait early.</summary>
internal static class ArchivingProof
{
    /// <summary>The server tries a segment three times at once, then once a minute (PostgreSQL's pgarch.c, NUM_ARCHIVE_RETRIES): so many failures are no accident of the moment.</summary>
    private const int Failures = 3;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Proves it.</summary>
    /// <exception cref="LockkeeperException">It does not reach them.</exception>
    public static async Task MakeAsync(BackupTarget target, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var check = target.Engine.CheckAsync(stop.Token);
        var watch = FailsAsync(target, stop.Token);
        if (await Task.WhenAny(check, watch) == check)
        {
            await stop.CancelAsync();
            await Task.WhenAny(watch);
            try
            {
                await check;
            }
            catch (LockkeeperException e) when (e.Code == BackupErrors.ArchivingFails)
            {
                throw await WithReasonAsync(target, e, cancel);
            }

            return;
        }

        var failing = await watch;
        await stop.CancelAsync();
        await Task.WhenAny(check);
        cancel.ThrowIfCancellationRequested();
        throw await ErrorAsync(target, $"WAL of {target.Cluster.Name} does not reach the repositories", failing, cancel);
    }

    /// <summary>The error of WAL that did not get there in time, with what is seen of the reason.</summary>
    public static async Task<LockkeeperException> WithReasonAsync(BackupTarget target, LockkeeperException error, CancellationToken cancel) =>
        await ArchivingReading.TryAsync(target, cancel) is { } state ? await ErrorAsync(target, error.Message, state, cancel) : error;

    /// <summary>Fails when a repository cannot be written, before anything waits for WAL to get there.</summary>
    public static async Task RequireRoomAsync(BackupTarget target, CancellationToken cancel)
    {
        if (await target.Engine.UnwritableAsync(cancel) is [var trouble, ..])
            throw Unwritable(trouble, []);
    }

    private static async Task<ArchivingState> FailsAsync(BackupTarget target, CancellationToken cancel)
    {
        long? before = null;
        while (true)
        {
            if (await ArchivingReading.TryAsync(target, cancel) is { } state)
            {
                before ??= state.Failures;
                if (state.IsFailing && state.Failures - before >= Failures)
                    return state;
            }

            await Task.Delay(Poll, cancel);
        }
    }

    private static async Task<LockkeeperException> ErrorAsync(BackupTarget target, string words, ArchivingState state, CancellationToken cancel)
    {
        IReadOnlyList<ErrorFact> facts = [new ErrorFact("ARCHIVING", state.Trouble(target.Policy.ArchiveTimeout) ?? "the server does not say that it fails")];
        return await target.Engine.UnwritableAsync(cancel) is [var trouble, ..]
            ? Unwritable(trouble, facts)
            : new LockkeeperException(BackupErrors.ArchivingFails, words, "The server keeps its WAL and tries again by itself, at the latest after a minute: mend what its log says of the archive command before its disk is full.") { Facts = facts };
    }

    private static LockkeeperException Unwritable(string trouble, IReadOnlyList<ErrorFact> facts) =>
        new(BackupErrors.RepositoryUnreachable, trouble, "Make it writable and give it room, then run the same command again: the server keeps its WAL and archives it by itself.") { Facts = facts };
}
