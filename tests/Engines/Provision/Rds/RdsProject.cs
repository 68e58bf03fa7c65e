using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Rds;
using Lockkeeper.Provision.Running;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Provision.Rds;

/// <summary>A project that declares what a stand-in for the service keeps.</summary>
internal sealed class RdsProject : IAsyncDisposable
{
    private RdsProject(LkProject project) => Project = project;

    public LkProject Project { get; }

    public static async Task<RdsProject> CreateAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        foreach (var (name, value) in MotoServer.Credentials)
            project.Variables[name] = value;
        project.Variables["MASTER_PASSWORD"] = "of-the-master-9";
        return new RdsProject(project);
    }

    /// <summary>Writes the declaration of a cluster.</summary>
    public RdsProject Declare(string name, string yaml)
    {
        Project.File($"clusters/{name}.yaml", yaml);
        return this;
    }

    public Task<LkResult> RunAsync(params string[] arguments) => Project.RunAsync(["provision", .. arguments]);

    /// <summary>Applies what is declared, and fails when that fails.</summary>
    public async Task<LkResult> AppliedAsync(string cluster)
    {
        var result = await RunAsync("apply", cluster, "--yes");
        result.ExitCode.ShouldBe(0, result.ToString());
        return result;
    }

    /// <summary>The same without starting the program, for what a test only begins with.</summary>
    public async Task MadeAsync(string name)
    {
        using var workspace = Workspace();
        var cluster = Cluster(name);
        await using var target = await new RdsEngine(cluster.Engine).OpenAsync(cluster, workspace, CancellationToken.None);
        (await new ProvisionRun(cluster, target, workspace, new ProvisionOptions(DryRun: false, Yes: true, TimeSpan.FromMinutes(1))).RunAsync(CancellationToken.None)).Error?.Message.ShouldBeNull();
    }

    /// <summary>The words of what differs, those that would be left with a dash before them; without starting the program.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(string name)
    {
        using var workspace = Workspace();
        var cluster = Cluster(name);
        await using var target = await new RdsEngine(cluster.Engine).OpenAsync(cluster, workspace, CancellationToken.None);
        var found = await target.CompareAsync(workspace.Progress, CancellationToken.None);
        return [.. found.Corrected.Select(one => one.Words), .. found.Kept.Select(one => "- " + one.Words)];
    }

    public ValueTask DisposeAsync() => Project.DisposeAsync();

    private ClusterConfig Cluster(string name) => ClusterReader.Read(Path.Combine(Project.Folder, $"clusters/{name}.yaml"), $"clusters/{name}.yaml");

    private Workspace Workspace() => new(
        Project.Folder, new Variables(Project.Variables), new SilentProgress(), TimeProvider.System, new Redactor(), "anna", () => ConfigReader.Load(Project.File("lockkeeper.yaml", "project: test\ndatabases: { shop: { engine: postgres, migrations: migrations } }\nenvironments: [{ name: dev, targets: { shop: \"${env:URL_DEV}\" } }]\n"), "lockkeeper.yaml"),
        workspace => new SqliteLedger(Path.Combine(workspace.ProjectFolder, ".lockkeeper/state.db"), workspace.Clock));

    private sealed class Variables(IReadOnlyDictionary<string, string?> own) : IEnvironment
    {
        public string? Get(string name) => own.TryGetValue(name, out var value) ? value : Environment.GetEnvironmentVariable(name);
    }
}
