namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>How a cluster is watched. Keys, defaults and their meaning are declared once in <c>MonitoringShape</c>.</summary>
/// <param name="Exporter">What gives its numbers to Prometheus; null for none that the program keeps.</param>
/// <param name="Labels">Labels of all its series, by which alerts are routed.</param>
/// <param name="TargetsFile">The file that Prometheus finds it by, on this host; null for none.</param>
public sealed record MonitoringConfig(Placed<ExporterConfig>? Exporter, IReadOnlyDictionary<string, Placed<string>> Labels, string? TargetsFile);

/// <summary>postgres_exporter on the primary's host.</summary>
/// <param name="Role">The declared role that it signs in as; it has a password.</param>
/// <param name="Port">Its port.</param>
/// <param name="Listen">The address that it listens on.</param>
/// <param name="Database">The database that it signs in to.</param>
/// <param name="Folder">The folder of its files; null for /etc/lockkeeper/CLUSTER/exporter.</param>
/// <param name="User">The operating system's user that it runs as.</param>
/// <param name="Service">What keeps it running.</param>
public sealed record ExporterConfig(string Role, int Port, string Listen, string Database, string? Folder, string User, InstanceService Service);
