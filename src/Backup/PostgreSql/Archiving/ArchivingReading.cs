using Lockkeeper.Backup.Wal;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql.Archiving;

/// <summary>Asks a server how its archiving goes.</summary>
internal static class ArchivingReading
{
    /// <summary>Asks; null when the server does not answer, or the role may not ask.</summary>
    public static async Task<ArchivingState?> TryAsync(BackupTarget target, CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(target, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException)
        {
            return null;
        }
    }

    /// <summary>Asks.</summary>
    public static async Task<ArchivingState> ReadAsync(BackupTarget target, CancellationToken cancel)
    {
        await using var connection = await target.Database().OpenAsync(cancel);
        // pg_ls_archive_statusdir is there from PostgreSQL 12 on.
        var state = (await Rows.ReadAsync(
            connection,
            """
            /* lk:backup.archiving */
            SELECT clock_timestamp(), last_archived_wal, last_archived_time, last_failed_wal, last_failed_time, failed_count,
                   (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'), (SELECT coalesce(sum(size), 0)::bigint FROM pg_ls_waldir())
            FROM pg_stat_archiver
            """,
            row => new ArchivingState
            {
                Now = row.GetFieldValue<DateTimeOffset>(0),
                LastArchived = row.IsDBNull(1) ? null : row.GetString(1),
                LastArchivedAt = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
                LastFailed = row.IsDBNull(3) ? null : row.GetString(3),
                LastFailedAt = row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
                Failures = row.GetInt64(5),
                Waiting = row.GetInt64(6),
                WalBytes = row.GetInt64(7),
            },
            cancel))[0];
        return state.IsFailing || state.Waiting > 0 ? state with { FreeBytes = await new HostFiles(target.Site.Host).FreeBytesAsync($"{target.Site.DataDirectory}/pg_wal", cancel) } : state;
    }
}
