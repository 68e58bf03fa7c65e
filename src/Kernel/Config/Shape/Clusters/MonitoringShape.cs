using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of <c>monitoring</c> of a cluster.</summary>
internal static class MonitoringShape
{
    private static readonly Key<string> Role = new("role", ClusterValues.Identifier, "The declared role that it signs in as, with a password and, for all of its numbers, member_of: pg_monitor.") { Required = true, Example = "monitor" };

    private static readonly Key<int> Port = new("port", Values.Integer(1, 65535), "Its port.") { Default = "9187", Example = "9188" };

    private static readonly Key<string> Listen = new("listen", Values.Text, "The address that it listens on.") { Default = "127.0.0.1", Example = "10.0.0.5" };

    private static readonly Key<string> Database = new("database", ClusterValues.Identifier, "The database that it signs in to.") { Default = "postgres", Example = "shop" };

    private static readonly Key<string> Folder = new("folder", InstanceShape.Folder(), "The folder of its files on the host; by default /etc/lockkeeper/CLUSTER/exporter, which takes root's rights. Another one must belong to its user.") { Example = "/srv/exporter/shop" };

    private static readonly Key<string> User = new("user", Values.Name, "The operating system's user that it runs as.") { Default = "postgres", Example = "prometheus" };

    private static readonly Key<InstanceService> Service = new(
        "service", Values.Choice(["auto", "systemd", "none"], [InstanceService.Auto, InstanceService.Systemd, InstanceService.None]), "What keeps it running: a unit of systemd, or nothing, so that apply starts it. auto: systemd where that runs.")
    {
        Default = "auto", Example = "systemd",
    };

    public static RecordShape<ExporterConfig> Exporter { get; } = new(
        "an exporter", [Role, Port, Listen, Database, Folder, User, Service], fields => new ExporterConfig(fields.Get(Role), fields.Get(Port), fields.Get(Listen), fields.Get(Database), fields.GetOrNull(Folder), fields.Get(User), fields.Get(Service)));

    private static readonly Key<Placed<ExporterConfig>> Keep = new("exporter", new PlacedValueShape<ExporterConfig>(Exporter), "Debian's postgres_exporter on the primary's host.") { Example = "{ role: monitor }" };

    private static readonly Key<IReadOnlyDictionary<string, Placed<string>>> Labels = new("labels", ClusterValues.Settings, "Labels of all its series, by which alerts are routed; cluster, environment, engine and version are there by themselves.") { Example = "{ team: shop }" };

    private static readonly Key<string> TargetsFile = new("targets_file", InstanceShape.Folder(), "The file on this host by which Prometheus finds the exporter (file_sd_configs); only this cluster is in it.") { Example = "/etc/prometheus/targets/shop.json" };

    public static RecordShape<MonitoringConfig> Shape { get; } = new(
        "monitoring", [Keep, Labels, TargetsFile], fields => new MonitoringConfig(fields.GetOrNull(Keep), fields.GetOrNull(Labels) ?? new Dictionary<string, Placed<string>>(), fields.GetOrNull(TargetsFile)));
}
