using System.Globalization;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>
/// The admin console of a PgBouncer, by psql on its host: the console speaks the simple protocol only, and lets whoever has the process's own user id in over the socket
/// without a password (pgbouncer(1), "Admin console").
/// </summary>
/// <param name="host">The host.</param>
/// <param name="place">Where the pooler is.</param>
/// <param name="port">Its port, which names the socket.</param>
internal sealed class PgBouncerConsole(IHost host, PgBouncerPlace place, int port)
{
    private const char Separator = '\x1f';

    /// <summary>What commands show, each as rows by column; null when nobody answers.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<IReadOnlyDictionary<string, string>>>?> AskAsync(IReadOnlyList<string> commands, CancellationToken cancel)
    {
        List<string> arguments = ["-X", "-q", "-A", "-F", Separator.ToString(), "-P", "footer=off", "-v", "ON_ERROR_STOP=1"];
        foreach (var command in commands)
            arguments.AddRange(["-c", "\\echo @", "-c", command]);
        var result = await RunAsync(arguments, cancel);
        return result.Succeeded ? Tables(result) : null;
    }

    /// <summary>Sends commands; the first that fails is the last.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">One of them failed, or nobody answers.</exception>
    public async Task TellAsync(IReadOnlyList<string> commands, CancellationToken cancel)
    {
        var result = await RunAsync(["-X", "-q", "-v", "ON_ERROR_STOP=1", .. commands.SelectMany(command => new[] { "-c", command })], cancel);
        if (!result.Succeeded)
            throw HostRuns.Failed(host, string.Join("; ", commands), new HostCommand("psql"), result, $"Look at what the pooler says: {place.Log}, or its unit's journal.");
    }

    private Task<ProcessResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel) => host.RunAsync(
        new HostCommand("psql", ["-h", place.Folder, "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "pgbouncer", "-d", "pgbouncer", .. arguments])
        {
            User = place.User,
            Timeout = TimeSpan.FromSeconds(20),
            Variables = new Dictionary<string, string> { ["PGCONNECT_TIMEOUT"] = "5", ["PGSSLMODE"] = "disable" },
            KeepLines = int.MaxValue,
        },
        cancel);

    private static List<IReadOnlyList<IReadOnlyDictionary<string, string>>> Tables(ProcessResult result)
    {
        var tables = new List<IReadOnlyList<IReadOnlyDictionary<string, string>>>();
        var (rows, columns) = (new List<IReadOnlyDictionary<string, string>>(), Array.Empty<string>());
        foreach (var line in result.Lines.Where(line => !line.IsError).Select(line => line.Text))
        {
            if (line == "@")
            {
                rows = [];
                columns = [];
                tables.Add(rows);
            }
            else if (columns.Length == 0)
            {
                columns = line.Split(Separator);
            }
            else if (line.Split(Separator) is var fields && fields.Length == columns.Length)
            {
                rows.Add(columns.Zip(fields).ToDictionary(one => one.First, one => one.Second, StringComparer.Ordinal));
            }
        }

        return tables;
    }
}
