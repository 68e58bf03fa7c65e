using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>An empty database on a sandbox cluster, furnished with what administrators put beside migrations: roles, extensions, schemas of the search path.</summary>
/// <param name="database">The database's configuration.</param>
/// <param name="surroundings">What the live database stands on.</param>
/// <param name="workspace">The surroundings of the verb.</param>
internal sealed class ShadowDatabase(DatabaseConfig database, LiveSurroundings surroundings, Workspace workspace)
{
    /// <summary>Runs migrations and reads the schema that they make.</summary>
    public async Task<Replay> ReplayAsync(IReadOnlyList<PreparedMigration> migrations, CancellationToken cancel)
    {
        workspace.Progress.Now("starting a shadow database");
        await using var cluster = await StartAsync(cancel);
        workspace.Redactor.Learn(cluster.Password);
        var texts = string.Join('\n', migrations.Select(migration => migration.Up.Text));
        await FurnishAsync(cluster, texts, cancel);
        var target = new PostgreSqlTarget(database, cluster.Url(surroundings.Database), workspace.Redactor, workspace.Clock);
        await using (target)
        {
            await target.PrepareStoreAsync(cancel);
            await using var lease = await target.TakeLeaseAsync("replay", TimeSpan.FromMinutes(1), workspace.Progress, cancel);
            var stamp = new RunStamp("replay", workspace.Actor, database.Name, "", "shadow");
            var server = (await target.ReadStateAsync(database.Name, cancel)).Server;
            try
            {
                for (var i = 0; i < migrations.Count; i++)
                {
                    workspace.Progress.Now($"replaying {migrations[i].Migration.Title} on the shadow database", i, migrations.Count);
                    await target.ApplyAsync(migrations[i] with { Mirror = null }, stamp, lease, workspace.Progress, cancel);
                }

                return new Replay(server, await target.ReadSchemaAsync(cancel), null);
            }
            catch (StepFailedException e) when (!cancel.IsCancellationRequested)
            {
                return new Replay(server, null, e.Error);
            }
            finally
            {
                workspace.Progress.Now(null);
            }
        }
    }

    /// <summary>The live server's major version where it can be had, else the newest one here.</summary>
    private async Task<SandboxCluster> StartAsync(CancellationToken cancel)
    {
        var (options, ports) = (new SandboxOptions { Name = "shadow", Ephemeral = true, MajorVersion = surroundings.Major }, SandboxPorts.Of(workspace));
        try
        {
            return await SandboxCluster.StartAsync(options, ports, cancel);
        }
        catch (LockkeeperException e) when (e.Code == SandboxErrors.NoBinaries)
        {
            return await SandboxCluster.StartAsync(options with { MajorVersion = null }, ports, cancel);
        }
    }

    private async Task FurnishAsync(SandboxCluster cluster, string texts, CancellationToken cancel)
    {
        var admin = PostgreSqlServer.At(cluster.Url(), workspace.Redactor);
        await using (var connection = await admin.OpenAsync(cancel))
        {
            foreach (var role in surroundings.Roles.Where(role => role != cluster.User && texts.Contains(role, StringComparison.OrdinalIgnoreCase) && !Creates(texts, "role|user|group", role)))
                await RunAsync(connection, $"CREATE ROLE {SqlText.Identifier(role)}", cancel);
            // The same name, for files that name their database.
            if (surroundings.Database != "postgres")
                await RunAsync(connection, $"CREATE DATABASE {SqlText.Identifier(surroundings.Database)}", cancel);
            if (surroundings.Path.Count > 0)
                await RunAsync(connection, $"ALTER DATABASE {SqlText.Identifier(surroundings.Database)} SET search_path = {string.Join(", ", surroundings.Path.Select(SqlText.Identifier))}", cancel);
        }

        await using var inside = await PostgreSqlServer.At(cluster.Url(surroundings.Database), workspace.Redactor).OpenAsync(cancel);
        var schemas = surroundings.Path.Concat(database.SearchPath).Concat(surroundings.Extensions.Select(extension => extension.Schema)).Distinct();
        foreach (var schema in schemas.Where(schema => schema is not ("public" or "pg_catalog") && !Creates(texts, "schema", schema)))
            await RunAsync(inside, $"CREATE SCHEMA IF NOT EXISTS {SqlText.Identifier(schema)}", cancel);
        foreach (var (name, schema) in surroundings.Extensions.Where(extension => !Creates(texts, "extension", extension.Name)))
        {
            try
            {
                await RunAsync(inside, $"CREATE EXTENSION IF NOT EXISTS {SqlText.Identifier(name)} SCHEMA {SqlText.Identifier(schema)}", cancel);
            }
            catch (PostgresException e)
            {
                workspace.Progress.Say($"the shadow database lacks the extension {name}: {e.MessageText}");
            }
        }
    }

    private static bool Creates(string texts, string kind, string name) =>
        Regex.IsMatch(texts, $"""\bcreate\s+({kind})\s+(if\s+not\s+exists\s+)?"?{Regex.Escape(name)}\b""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.furnish_shadow */ {sql}", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
