using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>A throw-away server of the declared version with the administrator's name: what an instance will be when it was just made, and a judge of access rules.</summary>
internal sealed class InsideSandbox : IAsyncDisposable
{
    private readonly SandboxCluster cluster;
    private readonly Redactor redactor;
    private readonly string admin;

    private InsideSandbox(SandboxCluster cluster, Redactor redactor, string admin) => (this.cluster, this.redactor, this.admin) = (cluster, redactor, admin);

    /// <summary>Starts one.</summary>
    /// <param name="version">The version.</param>
    /// <param name="admin">The administrator's name.</param>
    /// <param name="programs">The folder of the server's programs, when they are on this host.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The server; null when this machine has no programs of the version.</returns>
    public static async Task<InsideSandbox?> StartAsync(int version, string admin, string? programs, SandboxPorts ports, CancellationToken cancel)
    {
        if (programs is null && !(await ServerBinaries.MajorsHereAsync(ports, cancel)).Contains(version))
            return null;
        var sandbox = new InsideSandbox(await SandboxCluster.StartAsync(new SandboxOptions { Name = "provision", Ephemeral = true, MajorVersion = version, BinariesFolder = programs }, ports, cancel), ports.Redactor, admin);
        if (admin != sandbox.cluster.User)
            await sandbox.RenameAsync(cancel);
        return sandbox;
    }

    /// <summary>A database of it.</summary>
    public PostgreSqlServer Server(string database) => PostgreSqlServer.At($"postgres://{Uri.EscapeDataString(admin)}:{Uri.EscapeDataString(cluster.Password)}@127.0.0.1:{cluster.Port}/{Uri.EscapeDataString(database)}", redactor);

    /// <summary>What is wrong with access rules, by line; the server reads the file without taking it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="encrypted">Whether the instance will take encrypted connections.</param>
    /// <param name="cancel">Stops asking.</param>
    public async Task<IReadOnlyList<(int Line, string Error)>> WrongRulesAsync(string text, bool encrypted, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(Path.Combine(cluster.Folder, "data", "pg_hba.conf"), text, cancel);
        return await WrongRulesAsync(Server("postgres"), encrypted, cancel);
    }

    /// <summary>What a server finds wrong with its access rules as they are in its file.</summary>
    public static async Task<IReadOnlyList<(int Line, string Error)>> WrongRulesAsync(PostgreSqlServer server, bool encrypted, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        var wrong = await Rows.ReadAsync(connection, "/* lk:provision.wrong_rules */ SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number", row => (Line: row.GetInt32(0), Error: row.GetString(1)), cancel);
        // Only of a server that is not encrypted yet (hba.c), which the next reload changes.
        return encrypted ? [.. wrong.Where(one => !one.Error.Contains("because SSL is disabled", StringComparison.Ordinal))] : wrong;
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    /// <summary>A role cannot rename itself, so another one does.</summary>
    private async Task RenameAsync(CancellationToken cancel)
    {
        const string helper = "lockkeeper_helper";
        await RunAsync(cluster.Url(), $"CREATE ROLE {helper} SUPERUSER LOGIN PASSWORD {SqlText.Literal(cluster.Password)}", cancel);
        var asHelper = $"postgres://{helper}:{cluster.Password}@127.0.0.1:{cluster.Port}/postgres";
        await RunAsync(asHelper, $"ALTER ROLE {cluster.User} RENAME TO {SqlText.Identifier(admin)}", cancel);
        await RunAsync(asHelper, $"ALTER ROLE {SqlText.Identifier(admin)} PASSWORD {SqlText.Literal(cluster.Password)}", cancel);
        await using var connection = await Server("postgres").OpenAsync(cancel);
        await using var command = new NpgsqlCommand($"DROP ROLE {helper}", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task RunAsync(string url, string sql, CancellationToken cancel)
    {
        await using var connection = await PostgreSqlServer.At(url, redactor).OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
