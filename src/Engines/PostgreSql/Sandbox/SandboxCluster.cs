using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>How a server is stopped.</summary>
public enum StopMode
{
    /// <summary>Sessions are ended and all data is written (the default).</summary>
    Fast,

    /// <summary>At once, as in a crash: the next start recovers.</summary>
    Immediate,

    /// <summary>Waits until the last session has gone.</summary>
    Smart,
}

/// <summary>A PostgreSQL server of one's own on 127.0.0.1, made in a second or two and thrown away afterwards.</summary>
/// <remarks>The superuser is <c>postgres</c>. Without durability by default: a crash of the machine loses it.</remarks>
public sealed class SandboxCluster : IAsyncDisposable
{
    private readonly ClusterPlace place;
    private readonly SandboxPorts ports;
    private readonly ClusterGuard? guard;
    private FileStream? claim;
    private bool disposed;

    internal SandboxCluster(ClusterPlace place, SandboxState state, SandboxPorts ports, ClusterGuard? guard, FileStream? claim)
    {
        this.place = place;
        this.ports = ports;
        this.guard = guard;
        this.claim = claim;
        State = state;
    }

    /// <summary>Its name; that of an ephemeral one is made unique.</summary>
    public string Name => State.Name;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => State.Port;

    /// <summary>PostgreSQL's major version.</summary>
    public int MajorVersion => State.MajorVersion;

    /// <summary>Its folder; the data directory is <c>data</c> in it, the server's log <c>server.log</c>.</summary>
    public string Folder => place.Folder;

    /// <summary>The folder of the server's programs.</summary>
    public string BinariesFolder => place.Binaries;

    /// <summary>The superuser.</summary>
    public string User => "postgres";

    /// <summary>The superuser's password.</summary>
    public string Password => State.Password;

    internal SandboxState State { get; }

    /// <summary>The connection URL of a database, password included: whoever prints it must teach the redactor the password first.</summary>
    /// <param name="database">The database.</param>
    public string Url(string database = "postgres") =>
        $"postgres://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{Uri.EscapeDataString(database)}";

    /// <summary>Makes and starts a cluster and waits until it takes connections. One that stays and is there already is started, or found running.</summary>
    /// <param name="options">What kind.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Gives up and removes what was made.</param>
    /// <exception cref="LockkeeperException">One of <see cref="SandboxErrors"/>; nothing is left behind.</exception>
    public static async Task<SandboxCluster> StartAsync(SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        if (!options.Ephemeral)
            return (await LastingClusters.UpAsync(options, ports, cancel)).Cluster;
        SandboxFolder.CheckName(options.Name ?? SandboxOptions.DefaultName);
        ServerSettings.Check(options.Settings);
        var folder = SandboxFolder.Open(ports);
        await folder.SweepAsync(ports, cancel);
        var binary = await ServerBinaries.FindAsync(options.BinariesFolder, options.MajorVersion, ports, cancel);
        return await ClusterMaker.MakeAsync(folder, binary, options, ports, cancel);
    }

    /// <summary>Takes a cluster that stays for this process alone, making it when it is not there. Its server ends with the process, however that ends; its files stay
    /// for the next.</summary>
    /// <param name="options">What kind.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The cluster, to be disposed; null when another process has it.</returns>
    /// <exception cref="LockkeeperException">One of <see cref="SandboxErrors"/>.</exception>
    public static Task<SandboxCluster?> BorrowAsync(SandboxOptions options, SandboxPorts ports, CancellationToken cancel) => LastingClusters.BorrowAsync(options, ports, cancel);

    /// <summary>Removes a cluster that stays, with its files; nothing happens when there is none of the name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops waiting.</param>
    public static async Task RemoveAsync(string name, SandboxPorts ports, CancellationToken cancel)
    {
        if (SandboxFolder.Open(ports).Lasting().Any(one => one.State.Name == name))
            await LastingClusters.DownAsync(name, ports, cancel);
    }

    /// <summary>Removes clusters that stay, whose names begin with a prefix, that do not run and were not started for long.</summary>
    /// <param name="prefix">How their names begin.</param>
    /// <param name="age">For how long they may lie idle.</param>
    /// <param name="most">How many may stay at most.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops it.</param>
    public static Task RemoveIdleAsync(string prefix, TimeSpan age, int most, SandboxPorts ports, CancellationToken cancel) => IdleClusters.RemoveAsync(prefix, age, most, ports, cancel);

    /// <summary>Stops the server; its data stays.</summary>
    /// <param name="mode">How.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="LockkeeperException">It does not stop within a minute.</exception>
    public async Task StopAsync(StopMode mode = StopMode.Fast, CancellationToken cancel = default)
    {
        if (await OrderAsync($"stop {mode.ToString().ToLowerInvariant()}", cancel) is var (code, output) && code != 0 && Postmaster.Read(place.Data) is not null)
            throw new LockkeeperException(SandboxErrors.DidNotStop, $"the sandbox cluster '{Name}' did not stop", "Close its sessions and try again.") { Facts = [new ErrorFact("OUTPUT", output)] };
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>, on the same port.</summary>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="LockkeeperException">It does not start.</exception>
    public async Task StartAgainAsync(CancellationToken cancel = default)
    {
        if (await OrderAsync("start", cancel) is var (code, _) && code != 0)
            throw ClusterMaker.DidNotStart(State, place);
    }

    /// <summary>Stops and starts the server.</summary>
    /// <param name="mode">How it is stopped.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task RestartAsync(StopMode mode = StopMode.Fast, CancellationToken cancel = default)
    {
        await StopAsync(mode, cancel);
        await StartAgainAsync(cancel);
    }

    /// <summary>Makes a relation's file at least so long with empty pages, without taking room on the disk: the planner takes it for a large one. No session may have used it yet.</summary>
    /// <param name="file">Its path as pg_relation_filepath gives it.</param>
    /// <param name="bytes">How long, a multiple of the page size.</param>
    public void LengthenFile(string file, long bytes) => RelationFile.Lengthen(Path.Combine(place.Data, file), bytes, ServerUser.Find().Owner);

    /// <summary>Stops the server and removes its files; those of a borrowed one stay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (guard is not null)
            await guard.DisposeAsync();
        else
            await SandboxFolder.RemoveAsync(place, ports, CancellationToken.None);
        if (claim is not null)
            await claim.DisposeAsync();
        claim = null;
    }

    private async Task<(int Code, string Output)> OrderAsync(string order, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (guard is not null)
            return await guard.OrderAsync(order, cancel);
        await using var helper = await ClusterGuard.StartAsync(place, GuardEnd.Leave, "", ports, cancel);
        return await helper.OrderAsync(order, cancel);
    }
}
