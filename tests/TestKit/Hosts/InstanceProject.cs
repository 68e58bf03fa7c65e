using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Lockkeeper.Tests.TestKit.Hosts;

/// <summary>A project that declares one cluster whose server lk makes itself, in a temporary folder and on a free port. The server is ended and all of it removed when disposed.</summary>
public sealed class InstanceProject : IAsyncDisposable
{
    private const string Password = "correct-horse-battery";

    private readonly TestFolder folder = new();
    private readonly string host;

    public InstanceProject(string host = "127.0.0.1", int? port = null)
    {
        this.host = host;
        Port = port ?? FreePort();
        Name = $"t{Guid.NewGuid().ToString("N")[..8]}";
        Variables = new Dictionary<string, string?> { ["LK_ACTOR"] = "anna", ["ADMIN_URL"] = $"postgres://keeper:{Password}@{host}:{Port}/postgres", ["APP_PASSWORD"] = "app-password-1" };
        folder.Write("migrations/.keep", "");
        folder.Write("lockkeeper.yaml", "project: test\ndatabases:\n  shop: { engine: postgres, migrations: migrations }\nenvironments:\n  - name: dev\n    targets: { shop: \"${env:ADMIN_URL}\" }\n");
    }

    /// <summary>Who the server runs as: not root, which PostgreSQL refuses.</summary>
    public static string User => !Environment.IsPrivilegedProcess ? Environment.UserName : System.IO.File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    /// <summary>The cluster.</summary>
    public string Name { get; }

    public int Port { get; }

    public Dictionary<string, string?> Variables { get; }

    public string Folder => folder.Path;

    /// <summary>A path below the folder of the project.</summary>
    public string this[string name] => folder[name];

    /// <summary>The key instance with a data directory below the project's folder.</summary>
    public string Standard => $"version: 15\ninstance: {{ data: {DataFolder}, layout: directory, service: none, user: {User}, port: {Port} }}\n";

    /// <summary>The data directory.</summary>
    public string DataFolder => DebianVersion is { } version ? $"/var/lib/postgresql/{version}/{Name}" : folder["pg/main"];

    /// <summary>The version whose instance is laid out as Debian does; null for one folder.</summary>
    public int? DebianVersion { get; init; }

    /// <summary>Writes the declaration; the administrator is in it.</summary>
    public InstanceProject Declare(string yaml)
    {
        folder.Write($"clusters/{Name}.yaml", "admin: \"${env:ADMIN_URL}\"\n" + yaml);
        return this;
    }

    /// <summary>Writes a file below the folder.</summary>
    public string File(string name, string text) => folder.Write(name, text);

    /// <summary>Runs <c>lk provision</c>.</summary>
    public Task<LkResult> RunAsync(params string[] arguments) => LkProcess.RunAsync(Call(arguments));

    /// <summary>Starts <c>lk provision</c> and does not wait.</summary>
    public Task<LkProcess> StartAsync(params string[] arguments) => LkProcess.StartAsync(Call(arguments));

    /// <summary>The first column of the first row as text, as the administrator or another role.</summary>
    public async Task<string?> ScalarAsync(string sql, string user = "keeper", string password = Password, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = host, Port = Port, Username = user, Password = password, Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }

    /// <summary>Ends the server as a crash does; nothing happens when it does not run.</summary>
    public async Task CrashAsync()
    {
        var file = Path.Combine(DataFolder, "postmaster.pid");
        if (!System.IO.File.Exists(file))
            return;
        var pid = int.Parse(System.IO.File.ReadLines(file).First(), CultureInfo.InvariantCulture);
        await Signals.SendAsync("QUIT", pid);
        await ProcessState.GoneAsync(pid);
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        foreach (var lockFile in Directory.EnumerateFiles(Path.GetTempPath(), $"lockkeeper-*-{Name}.*lock"))
            System.IO.File.Delete(lockFile);
        folder.Dispose();
    }

    /// <summary>Runs another duty of <c>lk</c>.</summary>
    public Task<LkResult> LkAsync(params string[] arguments) => LkProcess.RunAsync(new LkCall(arguments) { Folder = Folder, Environment = Variables });

    private LkCall Call(string[] arguments) => new(["provision", .. arguments]) { Folder = Folder, Environment = Variables };

    /// <summary>A port that nobody listens on, below those that the system gives to connections and to whoever asks for any: between looking and listening nobody else comes upon it.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            using var listener = new TcpListener(IPAddress.Any, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
