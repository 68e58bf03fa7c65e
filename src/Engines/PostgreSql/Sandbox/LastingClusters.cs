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
        ServerSettings.Check(options.Settings);
        var folder = SandboxFolder.Open(ports);
        var name = folder.Lasting(options.Name ?? "sandbox", "").Name;
        await using var claim = await folder.LockAsync(name, LockLimit, ports, cancel);
        await folder.SweepAsync(ports, cancel);
        if (SandboxState.Read(Path.Combine(folder.Path, name)) is { } state)
            return await StartAsync(folder.Lasting(name, state.BinariesFolder), state, options, ports, cancel);

        var binary = await ServerBinaries.FindAsync(options.BinariesFolder, options.MajorVersion, ports, cancel);
        var place = folder.Lasting(name, binary.Folder);
        if (Directory.Exists(place.Folder))
            await SandboxFolder.RemoveAsync(place, ports, cancel);
        return (await ClusterMaker.MakeAsync(place, binary, options, ports, claim: null, cancel), UpOutcome.Made);
    }

    /// <summary>All of them, by name, with what runs.</summary>
    public static async Task<IReadOnlyList<(SandboxState State, string Folder, Postmaster? Running)>> ListAsync(SandboxPorts ports, CancellationToken cancel)
    {
        var folder = SandboxFolder.Open(ports);
        await folder.SweepAsync(ports, cancel);
        return
        [
            .. from name in folder.LastingNames()
               let place = folder.Lasting(name, "")
               let state = SandboxState.Read(place.Folder)
               where state is not null
               select (state, place.Folder, Postmaster.Read(place.Data)),
        ];
    }

    /// <summary>Stops and removes one, or all when <paramref name="wanted"/> is null.</summary>
    /// <returns>The names of those that are gone now.</returns>
    public static async Task<IReadOnlyList<string>> DownAsync(string? wanted, SandboxPorts ports, CancellationToken cancel)
    {
        var folder = SandboxFolder.Open(ports);
        await folder.SweepAsync(ports, cancel);
        var names = folder.LastingNames();
        if (wanted is not null && !names.Contains(wanted, StringComparer.Ordinal))
            throw new LockkeeperException(
                SandboxErrors.NameUnknown, $"there is no sandbox cluster '{wanted}'",
                NearestName.Of(wanted, names) is { } near ? $"Did you mean '{near}'?" : "Run 'lk sandbox list' to see those that are here.");
        var removed = new List<string>();
        foreach (var name in wanted is null ? names : [wanted])
        {
            await using var claim = await folder.LockAsync(name, LockLimit, ports, cancel);
            await SandboxFolder.RemoveAsync(folder.Lasting(name, ""), ports, cancel);
            removed.Add(name);
        }

        return removed;
    }

    private static async Task<(SandboxCluster Cluster, UpOutcome Outcome)> StartAsync(
        ClusterPlace place, SandboxState state, SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        if (options.MajorVersion is { } version && version != state.MajorVersion)
            throw Taken(place, $"runs PostgreSQL {state.MajorVersion}, and {version} was asked for");
        if (options.Port is { } port && port != state.Port)
            throw Taken(place, $"has port {state.Port}, and {port} was asked for");
        if (options.Settings.FirstOrDefault(one => state.Settings.GetValueOrDefault(one.Key) != one.Value).Key is { } changed)
            throw Taken(place, $"was made without {changed}={options.Settings[changed]}");
        var cluster = new SandboxCluster(place, state, ports, guard: null, claim: null);
        if (Postmaster.Read(place.Data) is not null)
            return (cluster, UpOutcome.AlreadyUp);
        await cluster.StartAgainAsync(cancel);
        return (cluster, UpOutcome.Started);
    }

    private static LockkeeperException Taken(ClusterPlace place, string why) =>
        new(SandboxErrors.NameTaken, $"there is a sandbox cluster '{place.Name}' already, which {why}", $"Remove it with 'lk sandbox down {place.Name}', or choose another name.");
}
