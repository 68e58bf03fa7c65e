using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit;

/// <summary>A server of the test's own that archives into a repository of the test's own, and a project that declares both as the cluster <c>main</c>.</summary>
public sealed class BackupProject : IAsyncDisposable
{
    private readonly DirectoryInfo folder;

    private BackupProject(ClusterProject cluster, DirectoryInfo folder) => (Server, this.folder) = (cluster, folder);

    /// <summary>The server and the project.</summary>
    public ClusterProject Server { get; }

    /// <summary>The folder of pgBackRest's files.</summary>
    public string Folder => Path.Combine(folder.FullName, "backup");

    /// <summary>The repository.</summary>
    public string Repository => Path.Combine(folder.FullName, "repository");

    /// <summary>The server's data directory.</summary>
    public string Data => Path.Combine(Server.Cluster.Folder, "data");

    /// <summary>A server whose backups are set up.</summary>
    /// <param name="policy">Further keys of <c>backup</c>, in YAML's flow form, each with a comma before it.</param>
    /// <param name="repository">Further keys of the repository.</param>
    /// <param name="binaries">The folder of the server's programs; null for this machine's own.</param>
    /// <param name="variables">Further environment variables of <c>lk</c>.</param>
    public static async Task<BackupProject> CreateAsync(string policy = "", string repository = "", string? binaries = null, IReadOnlyDictionary<string, string?>? variables = null)
    {
        // The server's user must be able to enter it.
        var place = Directory.CreateTempSubdirectory("lk-backup-");
        File.SetUnixFileMode(place.FullName, (UnixFileMode)0b111_111_111);
        var socket = place.CreateSubdirectory("socket");
        File.SetUnixFileMode(socket.FullName, (UnixFileMode)0b111_111_111);
        var cluster = await ClusterProject.CreateAsync(
            new Dictionary<string, string> { ["archive_mode"] = "on", ["shared_preload_libraries"] = "" }, binaries);
        // What initdb's user may do through the socket on a real machine, pgBackRest may do here.
        var project = new BackupProject(cluster, place);
        var rules = Path.Combine(project.Data, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, "local all all trust\n" + await File.ReadAllTextAsync(rules));
        await cluster.SqlAsync("postgres", $"ALTER SYSTEM SET unix_socket_directories = '{socket.FullName}'");
        await cluster.Cluster.RestartAsync();
        cluster.Project.Variables["CIPHER"] = "a pass of twenty-four letters";
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>())
            cluster.Project.Variables[name] = value;
        cluster.Declare($"parameters: {{ unix_socket_directories: {socket.FullName} }}\nbackup: {{ folder: {project.Folder}, repositories: [ {{ path: {project.Repository}{repository} }} ]{policy} }}");
        var applied = await cluster.RunAsync("apply");

        if (applied.ExitCode != 0)
            throw new InvalidOperationException(applied.ToString());
        return project;
    }

    /// <summary>Runs <c>lk backup</c>.</summary>
    public Task<LkResult> RunAsync(params string[] arguments) => Server.Project.RunAsync(["backup", .. arguments]);

    /// <summary>The data of <c>lk backup … --json</c>; fails with the whole answer when there is none.</summary>
    public async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var answer = await Server.Project.JsonAsync(["backup", .. arguments]);
        return answer["data"] ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    /// <summary>Sends statements to the administrator's database.</summary>
    public Task SqlAsync(string sql) => Server.SqlAsync("postgres", sql);

    /// <summary>A moment after the last backup that it can be restored to, and before all that comes now.</summary>
    /// <returns>As <c>--target</c> takes it.</returns>
    public async Task<string> MomentAsync()
    {
        // When a backup ended is known in whole seconds: it counts from the next one on. So is when a segment was archived: the next one reaches past it only a second later.
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var moment = await Server.ScalarAsync("postgres", "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        return moment!;
    }

    /// <summary>Asks a restored copy: a line a row, a bar between values.</summary>
    /// <param name="restored">The data of <c>lk backup restore</c>.</param>
    /// <param name="sql">The question.</param>
    public static async Task<string> AskAsync(JsonNode restored, string sql)
    {
        var result = await Runner().RunAsync(new ProcessSpec("psql", "-XAqt", "-h", (string)restored["socket"]!, "-p", $"{restored["port"]}", "-U", "postgres", "-d", "postgres", "-c", sql), CancellationToken.None);
        return result.Succeeded ? result.Output : throw new InvalidOperationException(result.AllOutput);
    }

    /// <summary>Makes a folder that belongs to the server's user, beside the repository.</summary>
    public async Task<string> MakeFolderAsync(string name)
    {
        var host = new LocalHost(Runner());
        var owner = (await new HostFiles(host).StatAsync(Data, CancellationToken.None))!.Owner;
        var path = Path.Combine(folder.FullName, name);
        await new HostFiles(host).MakeFolderAsync(path, "700", $"{owner}:", CancellationToken.None);
        return path;
    }

    /// <summary>Ends a restored copy.</summary>
    /// <param name="restored">The data of <c>lk backup restore</c>.</param>
    public async Task StopAsync(JsonNode restored)
    {
        var host = new LocalHost(Runner());
        var owner = (await new HostFiles(host).StatAsync((string)restored["folder"]!, CancellationToken.None))!.Owner;
        await host.RunAsync(new HostCommand(Path.Combine(Server.Cluster.BinariesFolder, "pg_ctl"), "stop", "-s", "-m", "immediate", "-D", (string)restored["folder"]!) { User = owner }, CancellationToken.None);
    }

    /// <summary>The archived segments, the oldest first.</summary>
    public IReadOnlyList<string> Segments() => [.. Directory.GetFiles(Path.Combine(Repository, "archive"), "*-*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".tmp", StringComparison.Ordinal) && Path.GetFileName(file).Length > 24 && Path.GetFileName(file)[24] == '-').OrderBy(Path.GetFileName, StringComparer.Ordinal)];

    private static ProcessRunner Runner() => new(new Redactor(), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
