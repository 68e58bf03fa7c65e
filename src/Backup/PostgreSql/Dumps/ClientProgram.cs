using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Dumps;

/// <summary>Runs PostgreSQL's client programs on this machine; the password goes through the environment.</summary>
internal static class ClientProgram
{
    private const int MostShown = 8;

    /// <summary>Runs a program that must succeed.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="server">The database.</param>
    /// <param name="name">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">It is missing or failed.</exception>
    public static async Task RunAsync(Workspace workspace, PostgreSqlServer server, string name, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var variables = new Dictionary<string, string?>(server.ClientVariables) { ["LC_ALL"] = "C.UTF-8", ["PGAPPNAME"] = "lockkeeper" };
        var result = await workspace.Processes.RunAsync(new ProcessSpec(name, arguments) { Environment = variables, KeepLines = 200 }, cancel);
        if (result.Succeeded)
            return;
        var said = result.Lines.Select(line => line.Text.Trim()).Where(line => line.Length > 0).ToList();
        var hint = said.Exists(line => line.Contains("server version mismatch", StringComparison.Ordinal)) ? "Install the client programs of the server's version or a later one."
            : said.Exists(line => line.Contains("-Z/--compress", StringComparison.Ordinal) || line.Contains("compression level", StringComparison.Ordinal)) ? "zstd takes the client programs of PostgreSQL 16 or later; leave --compress out for gzip."
            : said.Exists(line => line.Contains("No space left", StringComparison.Ordinal)) ? "Make room, then run the same command again."
            : "The program says why.";
        throw new LockkeeperException(BackupErrors.DumpFailed, string.Create(CultureInfo.InvariantCulture, $"{name} of {server.Name} ended with exit code {result.ExitCode}"), hint) { Facts = [.. said.TakeLast(MostShown).Select(line => new ErrorFact("OUTPUT", line))] };
    }
}
