using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>A throw-away server of the declared version with the administrator's name: what an instance will be when it was just made, and a judge of access rules.</summary>
internal sealed class InsideSandbox : IAsyncDisposable
{
    private const string Prefix = "provision-";

    /// <summary>The role that gives the superuser the administrator's name: no role can rename itself.</summary>
    private const string Helper = "lockkeeper_helper";

    /// <summary>One for each version and administrator that are worked on.</summary>
    private const int MostKept = 4;

    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(14);

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
        var options = new SandboxOptions { Name = NameOf(version, admin), MajorVersion = version, BinariesFolder = programs };
        var sandbox = await BorrowAsync(options, admin, ports, cancel) ?? new InsideSandbox(await SandboxCluster.StartAsync(options with { Ephemeral = true }, ports, cancel), ports.Redactor, admin);
        await sandbox.RenameAsync(cancel);
        await SandboxCluster.RemoveIdleAsync(Prefix, LongestIdle, MostKept, ports, cancel);
        return sandbox;
    }

    /// <summary>One that stays for the next run, which saves its initdb; null when another run has it, or it does not start any more.</summary>
    private static async Task<InsideSandbox?> BorrowAsync(SandboxOptions options, string admin, SandboxPorts ports, CancellationToken cancel)
    {
        try
        {
            if (await SandboxCluster.BorrowAsync(options, ports, cancel) is not { } cluster)
                return null;
            var sandbox = new InsideSandbox(cluster, ports.Redactor, admin);
            try
            {
                await sandbox.RenameAsync(cancel);
                return sandbox;
            }
            catch
            {
                await sandbox.DisposeAsync();
                throw;
            }
        }
        catch (LockkeeperException e) when (e.Code == SandboxErrors.DidNotStart || e.Code == SandboxErrors.PortTaken || e.Code == Engines.PostgreSql.PostgreSqlErrors.LoginRefused)
        {
            // Its port is somebody else's now, or a run was killed while it judged access rules, which then hold.
            await SandboxCluster.RemoveAsync(options.Name!, ports, cancel);
            return null;
        }
    }

    /// <summary>A name of its own for each administrator, whose name the superuser has.</summary>
    private static string NameOf(int version, string admin) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{version}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(admin)))[..8]}");

    /// <summary>A database of it.</summary>
    public PostgreSqlServer Server(string database) => PostgreSqlServer.At(Url(admin, database), redactor);

    /// <summary>What is wrong with access rules, by line; the server reads the file without taking it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="encrypted">Whether the instance will take encrypted connections.</param>
    /// <param name="cancel">Stops asking.</param>
    public async Task<IReadOnlyList<(int Line, string Error)>> WrongRulesAsync(string text, bool encrypted, CancellationToken cancel)
    {
        var file = Path.Combine(cluster.Folder, "data", "pg_hba.conf");
        var own = await File.ReadAllTextAsync(file, cancel);
        await File.WriteAllTextAsync(file, text, cancel);
        try
        {
            return await WrongRulesAsync(Server("postgres"), encrypted, cancel);
        }
        finally
        {
            await File.WriteAllTextAsync(file, own, CancellationToken.None);
        }
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

    /// <summary>Gives the superuser the administrator's name. Done again after it was cut off at any point.</summary>
    private async Task RenameAsync(CancellationToken cancel)
    {
        if (admin == cluster.User)
            return;
        if (!await IsRenamedAsync(cancel))
        {
            await RunAsync(cluster.Url(), $"DROP ROLE IF EXISTS {Helper}", cancel);
            await RunAsync(cluster.Url(), $"CREATE ROLE {Helper} SUPERUSER LOGIN PASSWORD {SqlText.Literal(cluster.Password)}", cancel);
            // Together: up to version 13 a role that is renamed loses its password, and nobody would come in any more.
            await RunAsync(Url(Helper, "postgres"), $"DO $lk$ BEGIN ALTER ROLE {cluster.User} RENAME TO {SqlText.Identifier(admin)}; ALTER ROLE {SqlText.Identifier(admin)} PASSWORD {SqlText.Literal(cluster.Password)}; END $lk$", cancel);
        }

        await RunAsync(Url(admin, "postgres"), $"DROP ROLE IF EXISTS {Helper}", cancel);
    }

    private async Task<bool> IsRenamedAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await Server("postgres").OpenAsync(cancel);
            return true;
        }
        catch (LockkeeperException e) when (e.Code == Engines.PostgreSql.PostgreSqlErrors.LoginRefused)
        {
            return false;
        }
    }

    private string Url(string user, string database) => $"postgres://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(cluster.Password)}@127.0.0.1:{cluster.Port}/{Uri.EscapeDataString(database)}";

    private async Task RunAsync(string url, string sql, CancellationToken cancel)
    {
        await using var connection = await PostgreSqlServer.At(url, redactor).OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
