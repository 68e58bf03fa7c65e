using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>Where the parts of an instance are on its host.</summary>
internal sealed record InstancePlace
{
    /// <summary>The file that says that a data directory was made by this program, and for which cluster.</summary>
    public const string MarkerName = "lockkeeper.json";

    public required string Cluster { get; init; }

    public required int Version { get; init; }

    public required int Port { get; init; }

    public required bool IsDebian { get; init; }

    public required bool HasSystemd { get; init; }

    /// <summary>The operating system's user that it runs as.</summary>
    public required string User { get; init; }

    /// <summary>The folder of the server's programs.</summary>
    public required string Programs { get; init; }

    /// <summary>The data directory.</summary>
    public required string Data { get; init; }

    /// <summary>The folder of its sockets.</summary>
    public required string Sockets { get; init; }

    public string Marker => Path.Combine(Data, MarkerName);

    /// <summary>Where the data directory is made before it takes its place, so that it is there whole or not at all.</summary>
    public string New => Path.Combine(Path.GetDirectoryName(Data)!, $".{Path.GetFileName(Data)}.lk-new");

    /// <summary>Where it is moved to before it is removed, for the same reason.</summary>
    public string Old => Path.Combine(Path.GetDirectoryName(Data)!, $".{Path.GetFileName(Data)}.lk-old");

    /// <summary>The folder of its configuration.</summary>
    public string Configuration => IsDebian ? string.Create(CultureInfo.InvariantCulture, $"/etc/postgresql/{Version}/{Cluster}") : Data;

    public string MainFile => Path.Combine(Configuration, "postgresql.conf");

    /// <summary>The file of parameters.</summary>
    public string ParameterFile => Path.Combine(Configuration, "lockkeeper.conf");

    public string AccessFile => Path.Combine(Configuration, "pg_hba.conf");

    public string IdentFile => Path.Combine(Configuration, "pg_ident.conf");

    public string CertificateFile => Path.Combine(Configuration, "server.crt");

    public string KeyFile => Path.Combine(Configuration, "server.key");

    public string CaFile => Path.Combine(Configuration, "clients.crt");

    /// <summary>What the server says before its own log is open, and all of it where Debian rotates that file.</summary>
    public string LogFile => IsDebian ? string.Create(CultureInfo.InvariantCulture, $"/var/log/postgresql/postgresql-{Version}-{Cluster}.log") : Path.Combine(Data, "startup.log");

    /// <summary>The unit of systemd.</summary>
    public string Unit => IsDebian ? string.Create(CultureInfo.InvariantCulture, $"postgresql@{Version}-{Cluster}.service") : $"lockkeeper-{Cluster}.service";

    /// <summary>The unit's file where it is ours; null where Debian's template makes it.</summary>
    public string? UnitFile => HasSystemd && !IsDebian ? $"/etc/systemd/system/{Unit}" : null;

    public string Program(string name) => Path.Combine(Programs, name);

    /// <summary>Decides where everything is.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="facts">What is known of the host.</param>
    /// <param name="adminPort">The port of the administrator's URL.</param>
    public static InstancePlace Of(ClusterConfig cluster, HostFacts facts, int adminPort)
    {
        var (instance, version) = (cluster.Instance!.Value, cluster.Version!.Value);
        var isDebian = instance.Layout == InstanceLayout.Debian || (instance.Layout == InstanceLayout.Auto && instance.Data is null && facts.HasCreateCluster);
        return new InstancePlace
        {
            Cluster = cluster.Name,
            Version = version,
            Port = instance.Port ?? adminPort,
            IsDebian = isDebian,
            HasSystemd = instance.Service == InstanceService.Systemd || (instance.Service == InstanceService.Auto && facts.HasSystemd),
            User = instance.User,
            Programs = facts.Programs ?? "",
            Data = instance.Data ?? string.Create(CultureInfo.InvariantCulture, $"/var/lib/postgresql/{version}/{cluster.Name}"),
            // Where Debian's programs look for it; PostgreSQL's own default elsewhere.
            Sockets = facts.MayUseRunFolder ? "/var/run/postgresql" : "/tmp",
        };
    }
}
