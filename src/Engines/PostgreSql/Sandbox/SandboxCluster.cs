using System.Security.Cryptography;
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
    private FileStream? held;
    private bool disposed;

    internal SandboxCluster(ClusterPlace place, SandboxState state, SandboxPorts ports, ClusterGuard? guard, FileStream? held)
    {
        this.place = place;
        this.ports = ports;
        this.guard = guard;
        this.held = held;
        State = state;
    }

    /// <summary>Its name; that of an ephemeral one is made unique.</summary>
    public string Name => place.Name;

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

    /// <summary>Makes and starts a cluster and waits until it takes connections.</summary>
    /// <param name="options">What kind.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Gives up and removes what was made.</param>
    /// <exception cref="LockkeeperException">One of <see cref="SandboxErrors"/>; nothing is left behind.</exception>
    public static async Task<SandboxCluster> StartAsync(SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        ServerSettings.Check(options.Settings);
        var folder = SandboxFolder.Open(ports);
        var binary = await ServerBinaries.FindAsync(options.BinariesFolder, options.MajorVersion, ports, cancel);
        var home = options.Ephemeral ? folder.Ephemeral(options.Name, binary.Folder) : folder.Lasting(options.Name ?? "sandbox", binary.Folder);
        var claim = await folder.LockAsync(home.Name, TimeSpan.FromMinutes(1), ports, cancel);
        try
        {
            await folder.SweepAsync(ports, cancel);
            if (Directory.Exists(home.Folder))
                await DiscardHalfMadeAsync(home, ports, cancel);
            var state = new SandboxState
            {
                Name = home.Name,
                MajorVersion = binary.MajorVersion,
                Version = binary.Version,
                Port = 0,
                BinariesFolder = binary.Folder,
                Password = options.Password ?? RandomNumberGenerator.GetHexString(24, lowercase: true),
                Created = ports.Clock.GetUtcNow(),
                Settings = options.Settings,
            };
            var cluster = await ClusterMaker.MakeAsync(home, state, options, ports, claim, cancel);
            claim = options.Ephemeral ? null : claim;
            return cluster;
        }
        finally
        {
            claim?.Dispose();
        }
    }

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
            throw ClusterMaker.DidNotStart(place, Port);
    }

    /// <summary>Stops and starts the server.</summary>
    /// <param name="mode">How it is stopped.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task RestartAsync(StopMode mode = StopMode.Fast, CancellationToken cancel = default)
    {
        await StopAsync(mode, cancel);
        await StartAgainAsync(cancel);
    }

    /// <summary>Stops the server and removes its files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (guard is not null)
            await guard.DisposeAsync();
        else
            await SandboxFolder.RemoveAsync(place, ports, CancellationToken.None);
        if (held is not null)
            await held.DisposeAsync();
        held = null;
    }

    private async Task<(int Code, string Output)> OrderAsync(string order, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (guard is not null)
            return (await guard.OrderAsync(order, cancel), guard.Output);
        await using var helper = await ClusterGuard.StartAsync(place, removeAtEnd: false, "", ports, cancel);
        return (await helper.OrderAsync(order, cancel), helper.Output);
    }

    private static async Task DiscardHalfMadeAsync(ClusterPlace place, SandboxPorts ports, CancellationToken cancel)
    {
        if (SandboxState.Read(place.Folder) is not null)
            throw new LockkeeperException(SandboxErrors.NameTaken, $"there is a sandbox cluster '{place.Name}' already", $"Remove it with 'lk sandbox down {place.Name}', or choose another name.");
        await SandboxFolder.RemoveAsync(place, ports, cancel);
    }
}
