using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Hosts;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>Compares and corrects a declared cluster without starting the program: for tests that do so many times.</summary>
internal static class InThisProcess
{
    /// <summary>The cluster behind the declaration.</summary>
    public static IClusterTarget Target(this ClusterProject project, IReadOnlyDictionary<string, string>? passwords = null)
    {
        var declared = ClusterReader.Read(Path.Combine(project.Project.Folder, "clusters/main.yaml"), "clusters/main.yaml");
        return new PostgreSqlCluster(declared, Server("postgres"), Server, passwords ?? new Dictionary<string, string>(), TimeProvider.System);

        PostgreSqlServer Server(string database) => PostgreSqlServer.At(project.Cluster.Url(database), new Redactor());
    }

    /// <summary>Corrects what differs, as apply does, until nothing is left or it has been tried four times.</summary>
    /// <returns>What differed at first and what is left.</returns>
    public static async Task<(IReadOnlyList<Difference> Before, IReadOnlyList<Difference> Left)> ConvergeAsync(this ClusterProject project, IReadOnlyDictionary<string, string>? passwords = null)
    {
        await using var target = project.Target(passwords);
        var progress = new SilentProgress();
        var before = await target.CompareAsync(progress, CancellationToken.None);
        var now = before;
        await using var lease = await target.TakeLeaseAsync("test", TimeSpan.FromMinutes(1), progress, CancellationToken.None);
        for (var pass = 0; pass < 4 && now.Corrected.Count > 0; pass++)
        {
            foreach (var difference in now.Corrected)
                await lease.CorrectAsync(difference, CancellationToken.None);
            now = await target.CompareAsync(progress, CancellationToken.None);
        }

        return (before.All, now.All);
    }

    /// <summary>The words of what differs, those that would be left with a dash before them.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(this InstanceProject project)
    {
        using var workspace = new Workspace(
            project.Folder, new Variables(project.Variables), new SilentProgress(), TimeProvider.System, new Redactor(), "anna", () => ConfigReader.Load(Path.Combine(project.Folder, "lockkeeper.yaml")), _ => throw new InvalidOperationException("a look writes nothing"));
        var shown = $"clusters/{project.Name}.yaml";
        await using var target = await new PostgreSqlEngine().OpenAsync(ClusterReader.Read(Path.Combine(project.Folder, shown), shown), workspace, CancellationToken.None);
        var comparison = await target.CompareAsync(workspace.Progress, CancellationToken.None);
        return [.. comparison.Corrected.Select(one => one.Words), .. comparison.Kept.Select(one => "- " + one.Words)];
    }

    private sealed class Variables(IReadOnlyDictionary<string, string?> own) : IEnvironment
    {
        public string? Get(string name) => own.TryGetValue(name, out var value) ? value : Environment.GetEnvironmentVariable(name);
    }
}
