using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit.Hosts;

/// <summary>
/// A host that is reached over a network, with an SSH server of the test's own. As root it is a network namespace: own addresses and ports, the files of this machine. An ordinary user cannot make
/// one, and gets an SSH server on loopback. All of it ends with this process, however that ends.
/// </summary>
public sealed class NetworkHost : IAsyncDisposable
{
    private readonly TestFolder folder;
    private readonly OwnedProcess guard;

    private NetworkHost(TestFolder folder, OwnedProcess guard, string address, int port)
    {
        (this.folder, this.guard) = (folder, guard);
        (Address, Port) = (address, port);
    }

    public string Address { get; }

    /// <summary>This machine as it is reached from there.</summary>
    public string Gateway => Environment.IsPrivilegedProcess ? Address[..Address.LastIndexOf('.')] + ".1" : Address;

    /// <summary>Of its SSH server.</summary>
    public int Port { get; }

    public string User => Environment.UserName;

    /// <summary>The private key that it lets in.</summary>
    public string Identity => folder["key"];

    /// <summary>The file with its own key.</summary>
    public string KnownHosts => folder["known_hosts"];

    /// <summary>As a node of a declaration.</summary>
    public string Node => $"{{ name: far, host: {Address}, user: {User}, port: {Port}, identity: {Identity}, known_hosts: {KnownHosts} }}";

    public static async Task<NetworkHost> StartAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var host = await TryStartAsync();
            if (host is not null)
                return host;
            // Another test run may have taken the network or the port.
            if (tries == 5)
                throw new InvalidOperationException("no host with an SSH server could be made");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await guard.DisposeAsync();
        folder.Dispose();
    }

    private static async Task<NetworkHost?> TryStartAsync()
    {
        var files = new TestFolder();
        var root = Environment.IsPrivilegedProcess;
        var (id, net) = (Guid.NewGuid().ToString("N")[..8], RandomNetwork());
        var (address, port) = root ? ($"{net}.2", 22) : ("127.0.0.1", FreePort());
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", files["key"]);
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", files["host_key"]);
        File.Copy(files["key.pub"], files["authorized_keys"]);
        var known = port == 22 ? address : $"[{address}]:{port}";
        files.Write("known_hosts", $"{known} {File.ReadAllText(files["host_key.pub"])}");
        files.Write(
            "sshd_config",
            $"""
            Port {port}
            ListenAddress {address}
            HostKey {files["host_key"]}
            AuthorizedKeysFile {files["authorized_keys"]}
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            MaxSessions 50
            UseDNS no
            """);
        // The end of the pipe, which is also our death, ends the server and takes the network away.
        const string script = """
            name=$1 net=$2 config=$3 log=$4
            within=
            cleanup() { [ -z "${server-}" ] || kill "$server" 2>/dev/null; [ -z "$within" ] || ip netns del "$name" 2>/dev/null; }
            trap cleanup EXIT
            if [ -n "$net" ]; then
                mkdir -p /run/sshd
                ip netns add "$name" && within="ip netns exec $name" || exit 1
                ip link add "$name-a" type veth peer name "$name-b" netns "$name" &&
                ip addr add "$net.1/30" dev "$name-a" && ip link set "$name-a" up &&
                $within ip addr add "$net.2/30" dev "$name-b" && $within ip link set "$name-b" up && $within ip link set lo up || exit 1
            fi
            $within "$(command -v sshd || echo /usr/sbin/sshd)" -D -E "$log" -f "$config" </dev/null >/dev/null 2>&1 &
            server=$!
            echo made
            cat >/dev/null
            """;
        var process = OwnedProcess.Start(new ProcessSpec("/bin/sh", "-c", script, "host-guard", $"lk{id}", root ? net : "", files["sshd_config"], files["sshd.log"]) { Folder = "/" }, new Redactor());
        var host = new NetworkHost(files, process, address, port);
        if (await process.ReadLineAsync(CancellationToken.None) == "made" && await host.AnswersAsync())
            return host;
        await host.DisposeAsync();
        return null;
    }

    private async Task<bool> AnswersAsync()
    {
        for (var tries = 0; tries < 200; tries++)
        {
            if (await TcpPort.AnswersAsync(Port, Address))
                return true;
            await Task.Delay(25);
        }

        return false;
    }

    /// <summary>The first three numbers of a network that nobody uses: 198.18.0.0/15 is for tests (RFC 2544).</summary>
    private static string RandomNetwork() => string.Create(CultureInfo.InvariantCulture, $"198.{18 + Random.Shared.Next(2)}.{Random.Shared.Next(256)}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed");
    }
}
