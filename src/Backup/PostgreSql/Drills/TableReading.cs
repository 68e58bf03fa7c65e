using System.Text;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>Reads every row of the tables and materialized views of a copy to its end, and keeps none.</summary>
/// <param name="copy">The copy.</param>
/// <param name="progress">Hears how far it is.</param>
internal sealed class TableReading(CopyServer copy, IProgressSink progress)
{
    // Partitions are tables of their own; the rows of a partitioned table are theirs.
    private const string TablesSql =
        """
        /* lk:backup.copy_tables */
        SELECT n.nspname::text, c.relname::text, c.relkind = 'r' FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE (c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated) AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
        """;

    private readonly char[] buffer = new char[64 * 1024];

    /// <summary>Tables that were read.</summary>
    public int Tables { get; private set; }

    /// <summary>Their rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Tables that could not be read to their end, with the reason.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Tables that this role may not read.</summary>
    public List<string> NotAllowed { get; } = [];

    /// <summary>Reads those of a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="done">How many databases were read before.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task ReadAsync(string database, int done, int total, CancellationToken cancel)
    {
        await using var connection = await copy.OpenAsync(database, cancel);
        foreach (var (schema, name, isTable) in await Engines.PostgreSql.Connections.Rows.ReadAsync(connection, TablesSql, row => (row.GetString(0), row.GetString(1), row.GetBoolean(2)), cancel))
        {
            progress.Now($"reading all of {database}: {schema}.{name}", done, total);
            try
            {
                await ReadAsync(connection, SqlText.Qualified(schema, name), isTable, cancel);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                NotAllowed.Add($"{database}: {schema}.{name}");
            }
            catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e) && !cancel.IsCancellationRequested)
            {
                Broken.Add($"{database}: {schema}.{name}: {e.MessageText}");
            }
            catch (DecoderFallbackException e)
            {
                // The session stands in the middle of the rows: what follows in this database cannot be read by it.
                Broken.Add($"{database}: {schema}.{name} holds text that is not of its encoding: {e.Message}");
                return;
            }
            catch (Exception e) when (ServerErrors.IsServerError(e) && !cancel.IsCancellationRequested)
            {
                throw ServerErrors.Translate(e, database);
            }
        }
    }

    private async Task ReadAsync(NpgsqlConnection connection, string table, bool isTable, CancellationToken cancel)
    {
        // COPY itself reads no materialized views before PostgreSQL 18.
        using var reader = await connection.BeginTextExportAsync($"COPY {(isTable ? table : $"(SELECT * FROM {table})")} TO STDOUT /* lk:backup.copy_read */", cancel);
        for (int read; (read = await reader.ReadAsync(buffer.AsMemory(), cancel)) > 0;)
            // A line break inside of a value is written as \n.
            Rows += buffer.AsSpan(0, read).Count('\n');
        Tables++;
    }
}
