using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PostgreSql.Shadow;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Squash;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Squash;

/// <summary>A database of the shadow server. It goes with the server.</summary>
/// <param name="cluster">The server.</param>
/// <param name="name">Its name.</param>
/// <param name="database">The database of the project.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class ShadowDatabase(SandboxCluster cluster, string name, DatabaseConfig database, Workspace workspace) : IShadowDatabase
{
    private readonly PostgreSqlServer server = PostgreSqlServer.At(cluster.Url(name), workspace.Redactor);

    public IMigrationTarget Target { get; } = new PostgreSqlTarget(database, cluster.Url(name), workspace.Redactor, workspace.Clock);

    public async Task<IReadOnlyList<FilledTable>> ReadRowsAsync(CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        var tables = new List<(string Schema, string Name)>();
        await using (var command = new NpgsqlCommand(
            """
            /* lk:migrate.shadow_tables */
            SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'lockkeeper')
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            ORDER BY 1, 2
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                tables.Add((reader.GetString(0), reader.GetString(1)));
        }

        var filled = new List<FilledTable>();
        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand(
                $"/* lk:migrate.shadow_rows */ SELECT count(*), coalesce(md5(string_agg(md5(r::text), '' ORDER BY md5(r::text))), '') FROM {SqlText.Qualified(table.Schema, table.Name)} AS r", connection);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            if (reader.GetInt64(0) > 0)
                filled.Add(new FilledTable($"{table.Schema}.{table.Name}", reader.GetInt64(0), reader.GetString(1)));
        }

        return filled;
    }

    public async Task<string> DumpAsync(IShadowDatabase? without, bool withData, CancellationToken cancel)
    {
        var before = without is ShadowDatabase other ? await other.PgDumpAsync(withData: false, cancel) : null;
        return SchemaDump.Tidy(await PgDumpAsync(withData, cancel), before);
    }

    public ValueTask DisposeAsync() => Target.DisposeAsync();

    private async Task<string> PgDumpAsync(bool withData, CancellationToken cancel)
    {
        var (program, file) = (Path.Combine(cluster.BinariesFolder, "pg_dump"), Path.Combine(cluster.Folder, $"{name}.sql"));
        if (!File.Exists(program))
            throw new LockkeeperException(MigrateErrors.NotSquashed, $"there is no {program}", "Install the client programs of the same PostgreSQL version.");
        string[] content = withData ? ["--column-inserts", "--rows-per-insert=100"] : ["--schema-only"];
        var result = await workspace.Processes.RunAsync(
            new ProcessSpec(program, ["--no-owner", "--exclude-schema=lockkeeper", "--encoding=UTF8", "--no-password", $"--file={file}", .. content])
            {
                Environment = new Dictionary<string, string?>(server.ClientVariables) { ["PGOPTIONS"] = null },
            },
            cancel);
        if (!result.Succeeded)
            throw new LockkeeperException(MigrateErrors.NotSquashed, "pg_dump failed on the shadow database", "Look at its words below.") { Facts = [new ErrorFact("OUTPUT", result.AllOutput)] };
        return await File.ReadAllTextAsync(file, cancel);
    }
}
