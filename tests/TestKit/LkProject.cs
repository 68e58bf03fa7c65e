using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;

namespace Lockkeeper.Tests.TestKit;

/// <summary>A project in a folder of its own, with one database and an empty PostgreSQL database for each environment.</summary>
public sealed class LkProject : IAsyncDisposable
{
    private readonly Dictionary<string, TestDatabase> targets = [];
    private readonly Dictionary<string, string> environments = [];
    private readonly Dictionary<string, string> written = [];
    private readonly TestFolder folder = new();

    /// <summary>The folder of lockkeeper.yaml.</summary>
    public string Folder => folder.Path;

    /// <summary>Further lines of the database in lockkeeper.yaml, each <c>key: value</c>.</summary>
    public string DatabaseSettings { get; set; } = "";

    /// <summary>The folder or file that lockkeeper.yaml names.</summary>
    public string MigrationsPath { get; set; } = "migrations";

    /// <summary>Further top-level lines.</summary>
    public string TopSettings { get; set; } = "";

    /// <summary>Variables of every call.</summary>
    public Dictionary<string, string?> Variables { get; } = new() { ["LK_ACTOR"] = "anna" };

    /// <summary>The database behind an environment.</summary>
    public TestDatabase this[string environment] => targets[environment];

    /// <summary>A project whose environments are in promotion order.</summary>
    public static async Task<LkProject> CreateAsync(params string[] names) => await CreateOnAsync(await TestCluster.SharedAsync(), names);

    /// <summary>The same with its databases on a server of the test's choice.</summary>
    public static async Task<LkProject> CreateOnAsync(SandboxCluster cluster, params string[] names)
    {
        var project = new LkProject();
        foreach (var name in names)
        {
            project.targets[name] = await TestDatabase.CreateAsync(cluster: cluster);
            project.environments[name] = "";
            project.PointTo(name, project.targets[name].Url);
        }

        return project;
    }

    /// <summary>Adds lines to an environment, each <c>key: value</c>.</summary>
    public LkProject Configure(string environment, string lines)
    {
        environments[environment] += lines + "\n";
        return this;
    }

    /// <summary>Writes the target of an environment as it stands in lockkeeper.yaml, for example a map of tenants.</summary>
    public LkProject Target(string environment, string yaml)
    {
        written[environment] = yaml;
        return this;
    }

    /// <summary>Points an environment somewhere else, for example at a proxy.</summary>
    public void PointTo(string environment, string url) => Variables[$"URL_{environment.ToUpperInvariant()}"] = url;

    /// <summary>Writes a migration, for example <c>0001_orders</c>, with its way back.</summary>
    public LkProject Migration(string name, string up, string? down = null)
    {
        File($"migrations/{name}.up.sql", up);
        if (down is not null)
            File($"migrations/{name}.down.sql", down);
        return this;
    }

    /// <summary>Writes a file below the folder.</summary>
    public string File(string name, string text) => folder.Write(name, text);

    /// <summary>Removes a file below the folder.</summary>
    public void Remove(string name) => System.IO.File.Delete(folder[name]);

    /// <summary>Runs lk in the project.</summary>
    public Task<LkResult> RunAsync(params string[] arguments) => LkProcess.RunAsync(Call(arguments));

    /// <summary>Runs lk as somebody else.</summary>
    public Task<LkResult> RunAsAsync(string actor, params string[] arguments)
    {
        var call = Call(arguments);
        return LkProcess.RunAsync(call with { Environment = new Dictionary<string, string?>(call.Environment) { ["LK_ACTOR"] = actor } });
    }

    /// <summary>Starts lk in the project and does not wait.</summary>
    public Task<LkProcess> StartAsync(params string[] arguments) => LkProcess.StartAsync(Call(arguments));

    /// <summary>Starts it with a <c>.lockkeeper</c> on a disk of its own that is full but for what lk needs to begin; nobody else sees that disk, and it goes with the process.</summary>
    public Task<LkProcess> StartOnFullDiskAsync(int kilobytes, params string[] arguments)
    {
        const string script = "mkdir -p .lockkeeper && mount -t tmpfs -o size=\"$1\"k tmpfs .lockkeeper && { head -c 1G /dev/zero >.lockkeeper/filler 2>/dev/null; shift; exec \"$@\"; }";
        string[] apart = System.Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : ["unshare", "--mount", "--user", "--map-root-user"];
        return LkProcess.StartAsync(Call(arguments) with { Launcher = [.. apart, "sh", "-c", script, "sh", $"{kilobytes}"] });
    }

    /// <summary>Runs lk with <c>--json</c> and reads the answer.</summary>
    public async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--json"]);
        return JsonNode.Parse(result.Output) ?? throw new InvalidOperationException(result.ToString());
    }

    /// <summary>The history of an environment: <c>id outcome</c>, in order of application.</summary>
    public async Task<string> HistoryAsync(string environment) =>
        await this[environment].ScalarAsync("SELECT string_agg(id || ' ' || outcome, ', ' ORDER BY applied_order) FROM lockkeeper.migrations") ?? "";

    public async ValueTask DisposeAsync()
    {
        foreach (var target in targets.Values)
            await target.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>How lk is called in the project.</summary>
    public LkCall Call(params string[] arguments)
    {
        Directory.CreateDirectory(folder["migrations"]);
        folder.Write("lockkeeper.yaml", Yaml());
        return new LkCall(arguments) { Folder = Folder, Environment = Variables };
    }

    private string Yaml()
    {
        var text = new StringBuilder("project: test\n").Append(TopSettings.Length > 0 ? TopSettings.TrimEnd() + "\n" : "");
        text.Append($"databases:\n  shop:\n    engine: postgres\n    migrations: {MigrationsPath}\n").Append(Indented(DatabaseSettings, 4)).Append("environments:\n");
        foreach (var (name, lines) in environments)
            text.Append($"  - name: {name}\n    targets: {{ shop: {written.GetValueOrDefault(name, $"\"${{env:URL_{name.ToUpperInvariant()}}}\"")} }}\n").Append(Indented(lines, 4));
        return text.ToString();
    }

    private static string Indented(string lines, int spaces) =>
        string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new string(' ', spaces) + line + "\n"));
}
