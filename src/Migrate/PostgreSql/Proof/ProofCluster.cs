using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Finds the shadow's server: the cluster that the last proof of this project left, or a new one.</summary>
/// <param name="workspace">The surroundings.</param>
internal sealed class ProofCluster(Workspace workspace)
{
    private static readonly IReadOnlyDictionary<string, string> Settings = new Dictionary<string, string>
    {
        // Nobody but the migration may take locks or scan.
        ["autovacuum"] = "off",
        ["track_functions"] = "all",
        // The observer's helpers hold all tables of a database.
        ["max_locks_per_transaction"] = "1024",
    };

    /// <summary>The files of a shadow are some 40 MB and more, and making them anew takes seconds.</summary>
    private const int MostKept = 8;

    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(14);

    private readonly SandboxPorts ports = SandboxPorts.Of(workspace);

    /// <summary>Starts it.</summary>
    /// <param name="wanted">The major version; null for the newest one here.</param>
    /// <param name="target">The target's; null without one.</param>
    /// <param name="keeps">Whether it may be one that stays for the next proof.</param>
    /// <param name="notChecked">Takes the sentence that says that it is another version.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<SandboxCluster> StartAsync(int? wanted, int? target, bool keeps, ICollection<string> notChecked, CancellationToken cancel)
    {
        workspace.Progress.Now("starting the shadow server");
        var major = wanted ?? await MajorAsync(target, cancel);
        if (target is { } other && major != other)
            notChecked.Add($"the target runs PostgreSQL {other}, and the shadow {major}{(wanted is null ? ", the nearest one on this machine" : "")}: locks and rewrites may differ");
        var cluster = (keeps ? await BorrowAsync(major, cancel) : null)
            ?? await SandboxCluster.StartAsync(new SandboxOptions { Name = "prove", Ephemeral = true, MajorVersion = major, Settings = Settings }, ports, cancel);
        workspace.Redactor.Learn(cluster.Password);
        await SandboxCluster.RemoveIdleAsync("prove-", LongestIdle, MostKept, ports, cancel);
        return cluster;
    }

    /// <summary>Null when another proof uses it now: then this one has a server of its own.</summary>
    private async Task<SandboxCluster?> BorrowAsync(int? major, CancellationToken cancel)
    {
        var project = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(workspace.ProjectFolder)))[..8];
        var options = new SandboxOptions { Name = $"prove-{(major is { } number ? $"{number}-" : "")}{project}", MajorVersion = major, Settings = Settings };
        try
        {
            return await SandboxCluster.BorrowAsync(options, ports, cancel);
        }
        catch (LockkeeperException e) when (e.Code == SandboxErrors.DidNotStart || e.Code == SandboxErrors.PortTaken)
        {
            // Its port is somebody else's now, its programs are gone, or the machine went down and took what was not on the disk.
            await SandboxCluster.RemoveAsync(options.Name!, ports, cancel);
            return await SandboxCluster.BorrowAsync(options, ports, cancel);
        }
    }

    /// <summary>The target's version where its programs are here, else the nearest newer one, else the newest; with none at all it is fetched.</summary>
    private async Task<int?> MajorAsync(int? target, CancellationToken cancel)
    {
        if (target is not { } major)
            return null;
        var here = await ServerBinaries.MajorsHereAsync(ports, cancel);
        if (here.Contains(major) || here.Count == 0)
            return major;
        return here.Any(one => one > major) ? here.Where(one => one > major).Min() : here.Max();
    }
}
