using System.Globalization;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>Says what a restored server lacks that neither the declaration nor the backup can give it: replication slots, extensions whose files are others here, sequences that would give numbers that are taken, and databases whose files were left out.</summary>
internal static class AfterRestore
{
    /// <summary>The replication slots of the running server, a line each. A backup holds none: a slot of old would keep WAL for a reader that is elsewhere by now.</summary>
    public static async Task<IReadOnlyList<string>> SlotsAsync(BackupTarget target, CancellationToken cancel)
    {
        try
        {
            await using var connection = await target.Database().OpenAsync(cancel);
            return await Rows.ReadAsync(
                connection, "/* lk:backup.slots */ SELECT slot_name || ' (' || slot_type || coalesce(', ' || plugin || ' in ' || database, '') || ')' FROM pg_replication_slots WHERE NOT temporary ORDER BY 1", row => row.GetString(0), cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException)
        {
            // The server is gone: what it had when it was last backed up is in the ledger.
            return await target.Record.SlotsAsync(cancel);
        }
    }

    /// <summary>Looks at a copy that is open.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="slots">The slots that the server had.</param>
    /// <param name="included">The databases whose files were restored; null for all.</param>
    /// <param name="cancel">Stops looking.</param>
    /// <returns>A sentence each.</returns>
    public static async Task<IReadOnlyList<string>> LookAsync(RestoredServer copy, IReadOnlyList<string> slots, IReadOnlyList<string>? included, CancellationToken cancel)
    {
        var found = slots.Select(slot => $"replication slot {slot} is not in a backup: its reader makes it anew, and starts from a fresh copy").ToList();
        var databases = (await copy.SqlAsync("postgres", "/* lk:backup.restored_databases */ SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1", cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var database in databases)
        {
            if (included is not null && database != "postgres" && !included.Contains(database))
            {
                found.Add($"database {database} is there by name only, its files were not restored: DROP DATABASE {SqlText.Identifier(database)}");
                continue;
            }

            found.AddRange((await AskAsync(copy, database, Extensions, cancel)).Select(line => $"database {database}: {line}"));
            found.AddRange((await AskAsync(copy, database, Sequences, cancel)).Select(line => $"database {database}: {line}"));
        }

        return found;
    }

    private const string Extensions =
        """
        /* lk:backup.restored_extensions */
        SELECT 'extension ' || e.extname || ' ' || e.extversion || CASE WHEN a.name IS NULL THEN ' has no files on this host' ELSE ' is ' || a.default_version || ' on this host: ALTER EXTENSION ' || quote_ident(e.extname) || ' UPDATE' END
        FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname WHERE a.default_version IS DISTINCT FROM e.extversion ORDER BY 1
        """;

    /// <summary>Of columns that an index leads with only: the greatest value is found without reading the table.</summary>
    private const string Sequences =
        """
        /* lk:backup.restored_sequences */
        SELECT format('SELECT %L || s.last_value || %L || m.most FROM %s s, (SELECT max(%I) AS most FROM ONLY %s) m WHERE m.most > s.last_value',
                      'sequence ' || d.objid::regclass || ' stands at ', ', and ' || a.attrelid::regclass || '.' || quote_ident(a.attname) || ' goes up to ', d.objid::regclass, a.attname, a.attrelid::regclass)
        FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid AND q.seqincrement > 0 JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
          AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL)
        ORDER BY 1 \gexec
        """;

    private static async Task<IReadOnlyList<string>> AskAsync(RestoredServer copy, string database, string sql, CancellationToken cancel)
    {
        var answer = await copy.TrySqlAsync(database, sql, cancel, TimeSpan.FromMinutes(10));
        return answer.Succeeded ? answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [string.Create(CultureInfo.InvariantCulture, $"could not be looked at: {answer.AllOutput.Trim()}")];
    }
}
