using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What <c>sandbox up</c> did.</summary>
internal enum UpOutcome
{
    Made,
    Started,
    AlreadyUp,
}

/// <summary>The clusters that stay until somebody takes them down.</summary>
internal static class LastingClusters
{
    /// <summary>Another lk may be fetching server programs over a slow line.</summary>
    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(5);

    /// <summary>Makes a cluster, or starts the one of this name, or finds it running.</summary>
    public static async Task<(SandboxCluster Cluster, UpOutcome Outcome)> UpAsync(SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        var name = options.Name ?? SandboxOptions.DefaultName;
        SandboxFolder.CheckName(name);
        ServerSettings.Check(options.Settings);
        var folder = SandboxFolder.Open(ports);
        await using var claim = await folder.LockAsync(name, LockLimit, ports, cancel);
        await folder.SweepAsync(ports, cancel);
        if (folder.Lasting().FirstOrDefault(one => one.State.Name == name) is (not null, _) here)
            return await StartAsync(here.Place, here.State, options, ports, cancel);
        var binary = await ServerBinaries.FindAsync(options.BinariesFolder, options.MajorVersion, ports, cancel);
        return (await ClusterMaker.MakeAsync(folder, binary, options, ports, cancel), UpOutcome.Made);
    }

    /// <summary>Takes a cluster for this process alone, making it when it is not there. Its server ends with the process, however that ends; its files stay for the next.</summary>
    /// <returns>The cluster, or null when another process has it.</returns>
    public static async Task<SandboxCluster?> BorrowAsync(SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        var name = options.Name ?? SandboxOptions.DefaultName;
        SandboxFolder.CheckName(name);
        ServerSettings.Check(options.Settings);
        var folder = SandboxFolder.Open(ports);
        if (folder.TryLock(name) is not { } claim)
            return null;
        ClusterGuard? guard = null;
        try
        {
            await folder.SweepAsync(ports, cancel);
            var (state, place) = folder.Lasting().FirstOrDefault(one => one.State.Name == name);
            if (state is null)
            {
                var binary = await ServerBinaries.FindAsync(options.BinariesFolder, options.MajorVersion, ports, cancel);
                await ClusterMaker.MakeAsync(folder, binary, options, ports, cancel);
                (state, place) = folder.Lasting().First(one => one.State.Name == name);
            }

            guard = await ClusterGuard.StartAsync(place, GuardEnd.Stop, "", ports, cancel);
            if (Postmaster.Read(place.Data) is null && (await guard.OrderAsync("start", cancel)).Code != 0)
                throw ClusterMaker.DidNotStart(state, place);
            return new SandboxCluster(place, state, ports, guard, claim);
        }
        catch
        {
            if (guard is not null)
                await guard.DisposeAsync();
            await claim.DisposeAsync();
            throw;
        }
    }

    /// <summary>All of them, by name, with what runs.</summary>
    public static async Task<IReadOnlyList<(SandboxState State, string Folder, Postmaster? Running)>> ListAsync(SandboxPorts ports, CancellationToken cancel)
    {
        var folder = SandboxFolder.Open(ports);
        await folder.SweepAsync(ports, cancel);
        return [.. folder.Lasting().Select(one => (one.State, one.Place.Folder, Postmaster.Read(one.Place.Data)))];
    }

    /// <summary>Stops and removes one, or all when <paramref name="wanted"/> is null.</summary>
    /// <returns>The names of those that are gone now.</returns>
    public static async Task<IReadOnlyList<string>> DownAsync(string? wanted, SandboxPorts ports, CancellationToken cancel)
    {
        var folder = SandboxFolder.Open(ports);
        await folder.SweepAsync(ports, cancel);
        var names = folder.Lasting().Select(one => one.State.Name).ToList();
        if (wanted is not null && !names.Contains(wanted, StringComparer.Ordinal))
            throw new LockkeeperException(
                SandboxErrors.NameUnknown, $"there is no sandbox cluster '{wanted}'",
                NearestName.Of(wanted, names) is { } near ? $"Did you mean '{near}'?" : "Run 'lk sandbox list' to see those that are here.");
        var removed = new List<string>();
        foreach (var name in wanted is null ? names : [wanted])
        {
            await using var claim = await folder.LockAsync(name, LockLimit, ports, cancel);
            foreach (var one in folder.Lasting().Where(one => one.State.Name == name))
                await SandboxFolder.RemoveAsync(one.Place, ports, cancel);
            removed.Add(name);
        }

        return removed;
    }

    private static async Task<(SandboxCluster Cluster, UpOutcome Outcome)> StartAsync(
        ClusterPlace place, SandboxState state, SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        if (options.MajorVersion is { } version && version != state.MajorVersion)
            throw Taken(state, $"runs PostgreSQL {state.MajorVersion}, and {version} was asked for");
        if (options.Port is { } port && port != state.Port)
            throw Taken(state, $"has port {state.Port}, and {port} was asked for");
        if (options.Settings.FirstOrDefault(one => state.Settings.GetValueOrDefault(one.Key) != one.Value).Key is { } changed)
            throw Taken(state, $"was made without {changed}={options.Settings[changed]}");
        var cluster = new SandboxCluster(place, state, ports, guard: null, claim: null);
        if (Postmaster.Read(place.Data) is not null)
            return (cluster, UpOutcome.AlreadyUp);
        await cluster.StartAgainAsync(cancel);
        return (cluster, UpOutcome.Started);
    }

    private static LockkeeperException Taken(SandboxState state, string why) =>
        new(SandboxErrors.NameTaken, $"there is a sandbox cluster '{state.Name}' already, which {why}", $"Remove it with 'lk sandbox down {state.Name}', or choose another name.");
}
