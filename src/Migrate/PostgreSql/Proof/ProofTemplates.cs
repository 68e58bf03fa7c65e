using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>The databases of a shadow server: templates that stay for the next proof, and copies of them that do not.</summary>
/// <param name="cluster">The server; one proof at a time has it.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class ProofTemplates(SandboxCluster cluster, Workspace workspace)
{
    private const string Prefix = "lockkeeper_";
    private const string MakingName = "making";
    private const int Kept = 4;

    private readonly PostgreSqlServer admin = PostgreSqlServer.At(cluster.Url(), workspace.Redactor);

    /// <summary>The URL of the template that is being made.</summary>
    public string Making => cluster.Url(MakingName);

    /// <summary>Drops what a proof that died left, and the oldest templates.</summary>
    public async Task DropLeftoversAsync(CancellationToken cancel)
    {
        var names = await NamesAsync(cancel);
        var oldest = names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).SkipLast(Kept);
        foreach (var name in names.Where(name => !name.StartsWith(Prefix, StringComparison.Ordinal)).Concat(oldest))
            await RunAsync($"DROP DATABASE {SqlText.Identifier(name)} WITH (FORCE)", cancel);
    }

    /// <summary>Makes the roles of a target, and removes those that it does not have: a migration must not find what the target lacks.</summary>
    public async Task RequireRolesAsync(IReadOnlyList<string> wanted, CancellationToken cancel)
    {
        var here = await ListAsync("/* lk:migrate.proof_roles */ SELECT rolname::text FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'", cancel);
        if (here.Except(wanted, StringComparer.Ordinal).ToList() is { Count: > 0 } strange)
        {
            // Templates may have granted them something.
            foreach (var name in await NamesAsync(cancel))
                await RunAsync($"DROP DATABASE {SqlText.Identifier(name)} WITH (FORCE)", cancel);
            foreach (var role in strange)
                await RunAsync($"DROP ROLE {SqlText.Identifier(role)}", cancel);
        }

        foreach (var role in wanted.Except(here, StringComparer.Ordinal).Where(role => role != "postgres"))
            await RunAsync($"CREATE ROLE {SqlText.Identifier(role)}", cancel);
    }

    /// <summary>Whether a template is there.</summary>
    public async Task<bool> ExistsAsync(string name, CancellationToken cancel) => (await NamesAsync(cancel)).Contains(name);

    /// <summary>Makes a template under another name first: one that is there is whole.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="make">Fills it, and says what it lacks.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task MakeAsync(string name, Func<PostgreSqlServer, Task<IReadOnlyList<string>>> make, CancellationToken cancel)
    {
        await RunAsync($"CREATE DATABASE {MakingName} TEMPLATE template0", cancel);
        var server = PostgreSqlServer.At(Making, workspace.Redactor);
        var notes = await make(server);
        await RunAsync($"COMMENT ON DATABASE {MakingName} IS {SqlText.Literal(string.Join('\n', notes))}", cancel);
        await RunAsync($"ALTER DATABASE {MakingName} RENAME TO {SqlText.Identifier(name)}", cancel);
    }

    /// <summary>What a template lacks.</summary>
    public async Task<IReadOnlyList<string>> NotesAsync(string name, CancellationToken cancel) =>
        [.. (await ListAsync($"/* lk:migrate.proof_notes */ SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = {SqlText.Literal(name)}", cancel))
            .SelectMany(notes => notes.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Makes a copy.</summary>
    /// <param name="template">Of what.</param>
    /// <param name="wished">The name that it shall have when that is free.</param>
    /// <param name="path">Its search path; empty for the server's own.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<(string Name, PostgreSqlServer Server)> CopyAsync(string template, string wished, IReadOnlyList<string> path, CancellationToken cancel)
    {
        var taken = await NamesAsync(cancel);
        var name = taken.Contains(wished) || wished is "postgres" or "template0" or "template1" or MakingName || wished.StartsWith(Prefix, StringComparison.Ordinal) ? $"copy_{Guid.NewGuid():N}" : wished;
        await RunAsync($"CREATE DATABASE {SqlText.Identifier(name)} TEMPLATE {SqlText.Identifier(template)}", cancel);
        if (path.Count > 0)
            await RunAsync($"ALTER DATABASE {SqlText.Identifier(name)} SET search_path = {string.Join(", ", path.Select(SqlText.Identifier))}", cancel);
        return (name, PostgreSqlServer.At(cluster.Url(name), workspace.Redactor));
    }

    /// <summary>Drops a copy. One that cannot be dropped goes with the next proof.</summary>
    public async Task DropAsync(string name)
    {
        try
        {
            await RunAsync($"DROP DATABASE IF EXISTS {SqlText.Identifier(name)} WITH (FORCE)", CancellationToken.None);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is Kernel.Errors.LockkeeperException)
        {
            workspace.Progress.Say($"the shadow database {name} could not be dropped: {e.Message}");
        }
    }

    private Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancel) =>
        ListAsync("/* lk:migrate.proof_databases */ SELECT datname::text FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1') ORDER BY oid", cancel);

    private async Task<IReadOnlyList<string>> ListAsync(string sql, CancellationToken cancel)
    {
        await using var connection = await admin.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var list = new List<string>();
        while (await reader.ReadAsync(cancel))
            list.Add(reader.GetString(0));
        return list;
    }

    private async Task RunAsync(string sql, CancellationToken cancel)
    {
        try
        {
            await using var connection = await admin.OpenAsync(cancel);
            await using var command = new NpgsqlCommand($"/* lk:migrate.shadow */ {sql}", connection);
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, admin.Name);
        }
    }
}
