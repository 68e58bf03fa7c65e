using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.PostgreSql.Proof.Queries;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>A sandbox cluster with a template database for each schema that proofs started from lately.</summary>
internal sealed class ProofGround : IProofGround
{
    /// <summary>Part of every template's name: another way of making them gives another name.</summary>
    private const string Form = "1";

    private const int ShownTables = 5;

    private readonly DatabaseConfig database;
    private readonly Workspace workspace;
    private readonly SandboxCluster cluster;
    private readonly ProofOrigin origin;
    private readonly LiveSurroundings? surroundings;
    private readonly ProofTemplates templates;
    private readonly List<string> notChecked;
    private string template = "template0";
    private IReadOnlyList<AskedQuery>? fresh;

    private ProofGround(DatabaseConfig database, Workspace workspace, ProofOrigin origin, SandboxCluster cluster, LiveSurroundings? surroundings, List<string> notChecked)
    {
        (this.database, this.workspace, this.origin, this.cluster, this.surroundings, this.notChecked) = (database, workspace, origin, cluster, surroundings, notChecked);
        templates = new ProofTemplates(cluster, workspace);
    }

    public string Server => $"PostgreSQL {cluster.MajorVersion} on this machine";

    public IReadOnlyList<string> NotChecked => notChecked;

    /// <summary>Starts the server.</summary>
    public static async Task<IProofGround> OpenAsync(DatabaseConfig database, Workspace workspace, ProofOrigin origin, CancellationToken cancel)
    {
        var asked = origin.Queries is { } file ? NewQueries.Read(Path.Combine(workspace.ProjectFolder, file), file) : null;
        var remarks = new List<string>();
        LiveSurroundings? live = null;
        if (origin.TargetUrl is { } url)
        {
            var target = PostgreSqlServer.At(url, workspace.Redactor);
            await using var connection = await target.OpenAsync(cancel);
            live = await LiveSurroundings.ReadAsync(connection, await ServerIdentity.ReadAsync(connection, cancel), cancel);
        }

        var server = await new ProofCluster(workspace).StartAsync(origin.Major, live?.Major, origin.KeepsServer, remarks, cancel);
        try
        {
            var ground = new ProofGround(database, workspace, origin, server, live, remarks) { fresh = asked?.Select(NewQueries.Asked).ToList() };
            await ground.templates.DropLeftoversAsync(cancel);
            if (live is not null)
                await ground.templates.RequireRolesAsync(live.Roles, cancel);
            return ground;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task<bool> CopyTargetAsync(CancellationToken cancel)
    {
        workspace.Progress.Now("copying the target's schema");
        var target = PostgreSqlServer.At(origin.TargetUrl!, workspace.Redactor);
        string key;
        await using (var connection = await target.OpenAsync(cancel))
            key = $"{(await SchemaReader.ReadAsync(connection, SchemaScope.Default, cancel)).Fingerprint} {await ColumnOrderAsync(connection, cancel)}";
        var name = Name("target", key);
        if (!await templates.ExistsAsync(name, cancel))
        {
            if (await new SchemaCopy(workspace).DumpAsync(target, surroundings!.Major, cluster.Folder, notChecked, cancel) is not { } dump)
                return false;
            await templates.MakeAsync(name, async shadow => [.. await SchemaCopy.LoadAsync(dump, shadow, cancel), .. await FillAsync(shadow, cancel)], cancel);
        }

        await UseAsync(name, cancel);
        return true;
    }

    public async Task ReplayAsync(string key, Func<IMigrationTarget, CancellationToken, Task> replay, CancellationToken cancel)
    {
        var before = origin.Before is { } file ? SqlSplitter.Split(Series.MigrationScript.ReadText(Path.Combine(workspace.ProjectFolder, file), file), file) : [];
        var name = Name("replay", $"{key} {string.Join('\n', before.Select(statement => statement.Text))} {string.Join(',', database.SearchPath)}");
        if (!await templates.ExistsAsync(name, cancel))
        {
            await templates.MakeAsync(name, async shadow =>
            {
                await RunBeforeAsync(shadow, before, cancel);
                await using (var target = new PostgreSqlTarget(database, templates.Making, workspace.Redactor, workspace.Clock))
                    await replay(target, cancel);
                return await FillAsync(shadow, cancel);
            }, cancel);
        }

        await UseAsync(name, cancel);
    }

    public async Task<IProofDatabase> CreateAsync(bool withRows, CancellationToken cancel) => await CopyAsync(withRows, cancel);

    public async Task<QueriesProof> TryQueriesAsync(IReadOnlyList<PreparedMigration> migrations, CancellationToken cancel)
    {
        workspace.Progress.Now("asking for the plans of the application's statements");
        var target = origin.TargetUrl is { } url ? PostgreSqlServer.At(url, workspace.Redactor) : null;
        try
        {
            return await new QueryTrial(cluster, target, inner => CopyAsync(withRows: false, inner)).RunAsync(fresh, migrations, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, target?.Name ?? "the shadow");
        }
    }

    private async Task<ProofDatabase> CopyAsync(bool withRows, CancellationToken cancel)
    {
        // The target's own name, for files that name their database.
        var (name, server) = await templates.CopyAsync(template, surroundings?.Database ?? database.Name, surroundings?.Path ?? [], cancel);
        if (!withRows)
        {
            await using var connection = await server.OpenAsync(cancel);
            await SeedRows.RemoveAsync(connection, cancel);
        }

        return new ProofDatabase(server, database, withRows, () => templates.DropAsync(name));
    }

    public async Task<TargetFacts> ReadFactsAsync(CancellationToken cancel)
    {
        var target = PostgreSqlServer.At(origin.TargetUrl!, workspace.Redactor);
        try
        {
            return await new TargetReading(target).ReadAsync(cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, target.Name);
        }
    }

    public Task<WorkRates> MeasureAsync(CancellationToken cancel) => new RateMeasurement(PostgreSqlServer.At(cluster.Url(), workspace.Redactor)).RunAsync(cancel);

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    private async Task UseAsync(string name, CancellationToken cancel)
    {
        template = name;
        notChecked.AddRange(await templates.NotesAsync(name, cancel));
    }

    private static async Task<IReadOnlyList<string>> FillAsync(PostgreSqlServer shadow, CancellationToken cancel)
    {
        await using var connection = await shadow.OpenAsync(cancel);
        var unfilled = await SeedRows.FillAsync(connection, cancel);
        return unfilled.Count == 0 ? [] : [$"no rows could be made up for {string.Join(", ", unfilled.Take(ShownTables))}{(unfilled.Count > ShownTables ? $" and {unfilled.Count - ShownTables} more tables" : "")}: triggers and conditions on their rows were not met"];
    }

    private static async Task RunBeforeAsync(PostgreSqlServer shadow, IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        await using var connection = await shadow.OpenAsync(cancel);
        foreach (var statement in statements)
        {
            try
            {
                await using var command = new NpgsqlCommand(statement.Text, connection);
                await command.ExecuteNonQueryAsync(cancel);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateObject && statement.Text.StartsWith("CREATE ROLE", StringComparison.OrdinalIgnoreCase))
            {
                // Roles belong to the server, which has them since the first of its databases.
            }
            catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e))
            {
                throw new LockkeeperException(MigrateErrors.NoShadow, e.MessageText, "Correct the script that --before names.", e.Position > 0 ? statement.PositionOf(e.Position - 1) : statement.At, e) { Facts = ServerErrors.Facts(e) };
            }
        }
    }

    /// <summary>The order of columns is not part of a fingerprint, and INSERT without a list of columns goes by it.</summary>
    private static async Task<string> ColumnOrderAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.proof_columns */
            SELECT md5(coalesce(string_agg(c.relname || '.' || a.attname, ',' ORDER BY n.nspname, c.relname, a.attnum), ''))
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
            """, connection);
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    private string Name(string kind, string key) => $"lockkeeper_{kind}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Form} {cluster.MajorVersion} {key}")))[..16]}";
}
