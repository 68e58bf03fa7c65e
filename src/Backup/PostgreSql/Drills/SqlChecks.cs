using System.Globalization;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>Looks at a copy that is reached by SQL alone: what <see cref="CopyChecks"/> does with programs on a host.</summary>
/// <param name="copy">The copy.</param>
/// <param name="progress">Hears how far it is.</param>
internal sealed class SqlChecks(CopyServer copy, IProgressSink progress)
{
    private const int MostShown = 4;

    /// <summary>The service's own database, which nobody else may open.</summary>
    private const string OfService = "rdsadmin";

    /// <summary>Every row of every table, by a COPY to nowhere.</summary>
    public Task<DrillCheck> ReadAsync(CancellationToken cancel) => LookAsync(async () =>
    {
        var (reading, databases) = (new TableReading(copy, progress), await DatabasesAsync(cancel));
        foreach (var (index, database) in databases.Open.Index())
            await reading.ReadAsync(database, index, databases.Open.Count, cancel);
        if (reading.Broken.Count > 0)
            return new DrillCheck("full read", false, Listed(reading.Broken));
        var words = string.Create(CultureInfo.InvariantCulture, $"{reading.Rows} rows of {reading.Tables} tables in {databases.Open.Count} {(databases.Open.Count == 1 ? "database" : "databases")} were read");
        var closed = databases.Closed.Select(name => $"the database {name}").Concat(reading.NotAllowed).ToList();
        return closed.Count == 0 ? new DrillCheck("full read", true, words) : new DrillCheck("full read", null, $"{words}; the administrator may not read {Listed(closed)}: make it a member of pg_read_all_data");
    }, cancel);

    /// <summary>All B-tree indexes and tables, row by row, by the functions of the extension amcheck where it can be had.</summary>
    public Task<DrillCheck> IndexesAsync(CancellationToken cancel) => LookAsync(async () =>
    {
        var check = new AmcheckRun(copy, progress);
        foreach (var database in (await DatabasesAsync(cancel)).Open)
            await check.CheckAsync(database, cancel);
        if (check.Broken.Count > 0)
            return new DrillCheck("amcheck", false, Listed(check.Broken));
        var words = string.Create(CultureInfo.InvariantCulture, $"{check.Indexes} B-tree indexes and {check.Tables} tables are sound");
        return check.NotLooked.Count == 0 ? new DrillCheck("amcheck", true, words) : new DrillCheck("amcheck", null, $"{(check.Indexes > 0 ? words + "; " : "")}could not be run: {Listed(check.NotLooked)}");
    }, cancel);

    /// <summary>Pages whose checksum was wrong when they were read.</summary>
    public Task<DrillCheck> ChecksumsAsync(CancellationToken cancel) => LookAsync(async () =>
    {
        try
        {
            await using var connection = await copy.OpenAsync(null, cancel);
            var (setting, wrong) = (await Rows.ReadAsync(connection, "/* lk:backup.copy_checksums */ SELECT current_setting('data_checksums'), coalesce((SELECT sum(checksum_failures) FROM pg_stat_database), 0)::bigint", row => (row.GetString(0), row.GetInt64(1)), cancel))[0];
            return setting == "off" ? new DrillCheck("page checksums", null, "the cluster was made without them")
                : new DrillCheck("page checksums", wrong == 0, wrong == 0 ? "none was wrong" : string.Create(CultureInfo.InvariantCulture, $"{wrong} were wrong"));
        }
        catch (PostgresException e)
        {
            return new DrillCheck("page checksums", null, $"could not be asked: {e.MessageText}");
        }
    }, cancel);

    /// <summary>A question of the project's own.</summary>
    public Task<DrillCheck> AskAsync(DataCheckConfig question, CancellationToken cancel) => LookAsync(async () =>
    {
        try
        {
            await using var connection = await copy.OpenReadOnlyAsync(question.Database, cancel);
            await using var command = new NpgsqlCommand(question.Sql, connection) { AllResultTypesAreUnknown = true };
            var got = await command.ExecuteScalarAsync(cancel) as string ?? "";
            return new DrillCheck(question.Name, got == question.Expect, got == question.Expect ? $"'{got}'" : $"'{got}' instead of '{question.Expect}'");
        }
        catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e))
        {
            return new DrillCheck(question.Name, false, $"{BackupErrors.BadCheck.Id}: cannot be asked: {e.MessageText}");
        }
        catch (LockkeeperException e) when (e.Code == PostgreSqlErrors.DatabaseMissing || e.Code == PostgreSqlErrors.PrivilegeMissing)
        {
            return new DrillCheck(question.Name, false, $"{BackupErrors.BadCheck.Id}: cannot be asked: {e.Message}");
        }
    }, cancel);

    /// <summary>A copy that went away in the middle says nothing about what it holds.</summary>
    private static async Task<DrillCheck> LookAsync(Func<Task<DrillCheck>> look, CancellationToken cancel)
    {
        try
        {
            return await look();
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) && !cancel.IsCancellationRequested)
        {
            throw ServerErrors.Translate(e, "the copy");
        }
    }

    private async Task<(IReadOnlyList<string> Open, IReadOnlyList<string> Closed)> DatabasesAsync(CancellationToken cancel)
    {
        await using var connection = await copy.OpenAsync(null, cancel);
        var all = await Rows.ReadAsync(connection, "/* lk:backup.copy_databases */ SELECT datname::text, has_database_privilege(oid, 'CONNECT') FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1", row => (Name: row.GetString(0), IsOpen: row.GetBoolean(1)), cancel);
        return ([.. all.Where(one => one.IsOpen && one.Name != OfService).Select(one => one.Name)], [.. all.Where(one => !one.IsOpen && one.Name != OfService).Select(one => one.Name)]);
    }

    private static string Listed(IReadOnlyList<string> all) => string.Join("; ", all.Take(MostShown)) + (all.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $" and {all.Count - MostShown} more") : "");
}
