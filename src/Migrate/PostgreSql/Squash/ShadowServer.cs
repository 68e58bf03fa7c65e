using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Squash;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Squash;

/// <summary>A sandbox cluster that ends with this process.</summary>
internal sealed class ShadowServer : IShadowServer
{
    private readonly SandboxCluster cluster;
    private readonly DatabaseConfig database;
    private readonly Workspace workspace;

    private ShadowServer(SandboxCluster cluster, DatabaseConfig database, Workspace workspace)
    {
        this.cluster = cluster;
        this.database = database;
        this.workspace = workspace;
    }

    public static async Task<IShadowServer> StartAsync(DatabaseConfig database, Workspace workspace, int? major, CancellationToken cancel)
    {
        workspace.Progress.Now("starting a shadow server");
        var started = await SandboxCluster.StartAsync(new SandboxOptions { Name = "squash", Ephemeral = true, MajorVersion = major }, SandboxPorts.Of(workspace), cancel);
        workspace.Redactor.Learn(started.Password);
        return new ShadowServer(started, database, workspace);
    }

    public async Task<IShadowDatabase> CreateAsync(string name, string? before, CancellationToken cancel)
    {
        var server = PostgreSqlServer.At(cluster.Url(), workspace.Redactor);
        await using (var connection = await server.OpenAsync(cancel))
            await RunAsync(connection, $"/* lk:migrate.shadow */ CREATE DATABASE {SqlText.Identifier(name)} TEMPLATE template0", cancel);
        var shadow = new ShadowDatabase(cluster, name, database, workspace);
        if (before is null)
            return shadow;
        var path = Path.Combine(workspace.ProjectFolder, before);
        await using var inside = await PostgreSqlServer.At(cluster.Url(name), workspace.Redactor).OpenAsync(cancel);
        foreach (var statement in SqlSplitter.Split(Series.MigrationScript.ReadText(path, before), before))
        {
            try
            {
                await RunAsync(inside, statement.Text, cancel);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation && statement.Text.StartsWith("CREATE ROLE", StringComparison.OrdinalIgnoreCase))
            {
                // Roles belong to the server, which has them since the first of its databases.
            }
            catch (PostgresException e)
            {
                throw new Kernel.Errors.LockkeeperException(
                    MigrateErrors.NotSquashed, e.MessageText, "Correct the script that --before names.", e.Position > 0 ? statement.PositionOf(e.Position - 1) : statement.At, e) { Facts = ServerErrors.Facts(e) };
            }
        }

        return shadow;
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
