using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A standby that streams from another server, through a proxy that can be cut.</summary>
public sealed class Standby : IAsyncDisposable
{
    private Standby(SandboxCluster cluster, TcpProxy link)
    {
        Cluster = cluster;
        Link = link;
    }

    /// <summary>The way to the primary.</summary>
    public TcpProxy Link { get; }

    /// <summary>The server.</summary>
    public SandboxCluster Cluster { get; }

    /// <summary>Its URL; the superuser's password is the primary's.</summary>
    public string Url => Cluster.Url();

    /// <summary>Copies the primary and starts.</summary>
    public static async Task<Standby> OfAsync(SandboxCluster primary)
    {
        var server = await SandboxCluster.StartAsync(
            new SandboxOptions { Name = "standby", Ephemeral = true, MajorVersion = primary.MajorVersion, BinariesFolder = primary.BinariesFolder, Password = primary.Password, Settings = new Dictionary<string, string> { ["max_connections"] = "300", ["max_prepared_transactions"] = "20" } },
            TestPorts.Create(), CancellationToken.None);
        var link = new TcpProxy(primary.Port);
        await server.StopAsync();
        var (data, user) = (Path.Combine(server.Folder, "data"), ServerUser.Find());
        const string Copy =
            """
            set -e
            settings=$(cat "$1/postgresql.conf")
            find "$1" -mindepth 1 -delete
            "$2/pg_basebackup" -h 127.0.0.1 -p "$3" -U postgres -D "$1" -c fast -X stream
            printf '%s\n' "$settings" >"$1/postgresql.conf"
            printf "primary_conninfo = 'host=127.0.0.1 port=%s user=postgres password=%s application_name=standby'\nwal_retrieve_retry_interval = '100ms'\n" "$4" "$PGPASSWORD" >>"$1/postgresql.auto.conf"
            touch "$1/standby.signal"
            """;
        IReadOnlyList<string> words = [.. user.Launcher, "sh", "-c", Copy, "standby", data, primary.BinariesFolder, $"{primary.Port}", $"{link.Port}"];
        await new ProcessRunner(new Redactor(), TimeProvider.System).RunOrFailAsync(
            new ProcessSpec(words[0], [.. words.Skip(1)]) { Folder = "/", Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = primary.Password } }, "The copy failed.", CancellationToken.None);
        await server.StartAgainAsync();
        return new Standby(server, link);
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Link.DisposeAsync();
    }
}
