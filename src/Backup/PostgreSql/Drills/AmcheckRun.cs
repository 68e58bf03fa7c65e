using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>Calls the functions of the extension amcheck, as pg_amcheck does, on a copy that is reached by SQL alone.</summary>
/// <param name="copy">The copy; the extension is made in it where it is not there.</param>
/// <param name="progress">Hears how far it is.</param>
internal sealed class AmcheckRun(CopyServer copy, IProgressSink progress)
{
    private const string ExtensionSql =
        """
        /* lk:backup.copy_amcheck */
        SELECT n.nspname::text, EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname = 'verify_heapam')
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'
        """;

    private const string IndexesSql =
        """
        /* lk:backup.copy_indexes */
        SELECT c.oid::bigint, c.oid::regclass::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am a ON a.oid = c.relam
        WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND i.indisready AND c.relpersistence = 'p' ORDER BY c.relpages DESC
        """;

    private const string HeapsSql =
        """
        /* lk:backup.copy_heaps */
        SELECT c.oid::bigint, c.oid::regclass::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_am a ON a.oid = c.relam
        WHERE a.amname = 'heap' AND c.relkind IN ('r', 'm') AND c.relpersistence = 'p' ORDER BY c.relpages DESC
        """;

    /// <summary>Indexes that are sound.</summary>
    public int Indexes { get; private set; }

    /// <summary>Tables that are sound.</summary>
    public int Tables { get; private set; }

    /// <summary>What is not, with the reason.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>What could not be looked at, with the reason.</summary>
    public List<string> NotLooked { get; } = [];

    /// <summary>Checks a database.</summary>
    public async Task CheckAsync(string database, CancellationToken cancel)
    {
        await using var connection = await copy.OpenAsync(database, cancel);
        try
        {
            var (schema, hasHeaps) = await ExtensionAsync(connection, cancel);
            foreach (var (oid, name) in await Rows.ReadAsync(connection, IndexesSql, row => (row.GetInt64(0), row.GetString(1)), cancel))
                Indexes += await SoundAsync(connection, database, name, string.Create(CultureInfo.InvariantCulture, $"/* lk:backup.copy_index */ SELECT NULL::int, NULL::text FROM {SqlText.Identifier(schema)}.bt_index_check(CAST({oid} AS oid), true) AS sound WHERE sound IS NULL"), cancel) ? 1 : 0;
            foreach (var (oid, name) in hasHeaps ? await Rows.ReadAsync(connection, HeapsSql, row => (row.GetInt64(0), row.GetString(1)), cancel) : [])
                Tables += await SoundAsync(connection, database, name, string.Create(CultureInfo.InvariantCulture, $"/* lk:backup.copy_heap */ SELECT blkno, msg FROM {SqlText.Identifier(schema)}.verify_heapam(relation => CAST({oid} AS oid)) LIMIT 1"), cancel) ? 1 : 0;
        }
        catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e) && !cancel.IsCancellationRequested)
        {
            NotLooked.Add($"{database}: {e.MessageText}");
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) && !cancel.IsCancellationRequested)
        {
            throw ServerErrors.Translate(e, database);
        }
    }

    private static async Task<(string Schema, bool HasHeaps)> ExtensionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var there = await Rows.ReadAsync(connection, ExtensionSql, row => (row.GetString(0), row.GetBoolean(1)), cancel);
        if (there.Count > 0)
            return there[0];
        await using var command = new NpgsqlCommand("/* lk:backup.copy_extension */ CREATE EXTENSION amcheck SCHEMA public", connection);
        await command.ExecuteNonQueryAsync(cancel);
        return (await Rows.ReadAsync(connection, ExtensionSql, row => (row.GetString(0), row.GetBoolean(1)), cancel))[0];
    }

    /// <summary>An error is what a damaged index is told by, a row what a damaged table is.</summary>
    private async Task<bool> SoundAsync(NpgsqlConnection connection, string database, string name, string sql, CancellationToken cancel)
    {
        progress.Now($"checking {database}: {name}");
        try
        {
            var said = await Rows.ReadAsync(connection, sql, row => row.GetString(1), cancel);
            if (said.Count == 0)
                return true;
            Broken.Add($"{database}: {name}: {said[0]}");
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.IndexCorrupted or PostgresErrorCodes.DataCorrupted)
        {
            Broken.Add($"{database}: {name}: {e.MessageText}");
        }

        return false;
    }
}
