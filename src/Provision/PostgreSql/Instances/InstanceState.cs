using System.Globalization;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>What there is of an instance on its host.</summary>
/// <param name="Exists">Whether its data directory is there; it is ours.</param>
/// <param name="Checksums">Whether its pages have checksums; null when nobody can say.</param>
/// <param name="RunsOn">The port that its server listens on; null when it does not run.</param>
/// <param name="Files">Its files by path, those that are there.</param>
/// <param name="Newest">When the newest of the files that a reload reads was written, in seconds since 1970.</param>
/// <param name="HasParent">Whether the instance's user may make folders where the data directory belongs.</param>
/// <param name="FreeBytes">How much room there is for it.</param>
/// <param name="PortTaken">Whether somebody listens on its port.</param>
internal sealed record InstanceState(bool Exists, bool? Checksums, int? RunsOn, IReadOnlyDictionary<string, HostFile> Files, double Newest, bool HasParent, long FreeBytes, bool PortTaken)
{
    /// <summary>A new data directory has 40 MB, and its first WAL segments as much again.</summary>
    private const long LeastRoom = 200L << 20;

    /// <summary>Whether its server runs.</summary>
    public bool Runs => RunsOn is not null;

    // One round trip. A postmaster stands in its data directory: after a reboot its number may be another program's.
    private const string Script =
        """
        data=$1 programs=$2 marker=$3
        shift 3
        if [ -e "$marker" ]; then
            echo data=ours
            echo "marker=$(tr -d '\n' < "$marker")"
            "$programs/pg_controldata" -D "$data" 2>/dev/null | sed -n 's/^Data page checksum version: */checksums=/p'
        elif [ -L "$data" ] || { [ -e "$data" ] && [ -n "$(ls -A "$data" 2>&1)" ]; }; then
            echo data=foreign
        fi
        pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null)
        [ -z "$pid" ] || [ "$(readlink "/proc/$pid/cwd")" != "$(readlink -f "$data")" ] || echo "runs=$(sed -n 4p "$data/postmaster.pid")"
        # A time that is still to come, as after a clock was put back, says nothing.
        echo "newest=$(stat -c %.Y -- "$@" 2>/dev/null | awk -v now="$(date +%s)" '$1 > n && $1 <= now + 1 { n = $1 } END { printf "%.6f", n }')"
        p=$(dirname "$data")
        [ ! -w "$p" ] || echo parent=1
        """;

    /// <summary>Looks.</summary>
    /// <param name="host">The host.</param>
    /// <param name="place">Where everything is.</param>
    /// <param name="files">The files that are read.</param>
    /// <param name="cancel">Stops looking.</param>
    /// <exception cref="LockkeeperException">What is there is not ours, or cannot be read.</exception>
    public static async Task<InstanceState> ReadAsync(IHost host, InstancePlace place, IReadOnlyList<string> files, CancellationToken cancel)
    {
        var (own, anyone) = (new HostFiles(host, place.User), new HostFiles(host));
        var result = await host.RunOrFailAsync(
            new HostCommand("sh", ["-c", Script, "lk", place.Data, place.Programs, place.Marker, place.MainFile, place.ParameterFile, place.AccessFile, place.CertificateFile, place.KeyFile, place.CaFile]) { User = place.User },
            "Look at the rights of the data directory on the host.", cancel);
        var facts = result.Lines.Where(line => !line.IsError).Select(line => line.Text.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        var exists = facts.GetValueOrDefault("data") == "ours";
        if (facts.GetValueOrDefault("data") == "foreign")
            throw new LockkeeperException(ProvisionErrors.NotOurs, $"{host.Name}: {place.Data} is not empty, and was not made for a declared cluster", "Nothing in it was touched: name another folder with instance: data. A server that is there already is declared without the key instance.");
        if (exists)
            RequireOurs(host, place, facts["marker"]);
        // The number of the port stands there as soon as the server has begun to listen.
        var runsOn = exists && facts.TryGetValue("runs", out var text) ? int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : place.Port : (int?)null;
        var read = await own.ReadAsync(files, cancel);
        return new InstanceState(
            exists, facts.TryGetValue("checksums", out var version) ? version != "0" : null, runsOn,
            files.Zip(read).Where(one => one.Second is not null).ToDictionary(one => one.First, one => one.Second!, StringComparer.Ordinal), double.Parse(facts["newest"], CultureInfo.InvariantCulture),
            facts.ContainsKey("parent"), exists ? long.MaxValue : await anyone.FreeBytesAsync(place.Data, cancel), runsOn != place.Port && await anyone.IsPortTakenAsync(place.Port, cancel));
    }

    /// <summary>Refuses what would fail half-way.</summary>
    /// <exception cref="LockkeeperException">The port is taken, or there is no room.</exception>
    public void Require(IHost host, InstancePlace place, SourcePosition at)
    {
        if (PortTaken)
            throw new LockkeeperException(ProvisionErrors.PortInUse, string.Create(CultureInfo.InvariantCulture, $"{host.Name}: another program listens on port {place.Port}"), "Take another port (instance: port, and that of admin's URL), or end the program.", at);
        if (!Exists && FreeBytes < LeastRoom)
            throw new LockkeeperException(KernelErrors.HostDiskFull, string.Create(CultureInfo.InvariantCulture, $"{host.Name}: {place.Data} has {FreeBytes >> 20} MB left, and a new instance takes {LeastRoom >> 20} MB"), "Make room, or name another folder with instance: data.", at);
    }

    private static void RequireOurs(IHost host, InstancePlace place, string marker)
    {
        var (cluster, version) = ("", 0);
        try
        {
            using var json = JsonDocument.Parse(marker);
            (cluster, version) = (json.RootElement.GetProperty("cluster").GetString() ?? "", json.RootElement.GetProperty("version").GetInt32());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // An empty or broken marker is nobody's.
        }

        if (cluster != place.Cluster)
            throw new LockkeeperException(ProvisionErrors.NotOurs, $"{host.Name}: {place.Data} belongs to the cluster '{cluster}', and not to '{place.Cluster}'", "Name another folder with instance: data, or rename the cluster back.");
        if (version != place.Version)
            throw new LockkeeperException(ProvisionErrors.VersionDiffers, string.Create(CultureInfo.InvariantCulture, $"{host.Name}: {place.Data} is of PostgreSQL {version}, and the declaration says {place.Version}"), "Another major version is another instance: move the data by dump and load, logical replication or pg_upgrade, and then change the declaration.");
    }
}
