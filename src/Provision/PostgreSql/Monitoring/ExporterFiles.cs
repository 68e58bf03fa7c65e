using System.Globalization;
using System.Text;
using System.Text.Json;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Monitoring;

/// <summary>The files of a cluster's exporter.</summary>
internal static class ExporterFiles
{
    /// <summary>The variable that it is started with. It holds a password, so nobody but its user may read the file; percent-encoded, it means the same to a shell and to systemd.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="exporter">The exporter.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="password">The role's password.</param>
    public static string Variables(ClusterConfig cluster, ExporterConfig exporter, int port, string password) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        # Written by lk provision apply; what is changed here by hand is drift.
        DATA_SOURCE_NAME='postgresql://{Encoded(exporter.Role)}:{Encoded(password)}@127.0.0.1:{port}/{Encoded(exporter.Database)}?sslmode={(cluster.Tls is null ? "disable" : "require")}'

        """);

    /// <summary>The unit of systemd.</summary>
    public static string Unit(ExporterConfig exporter, string cluster, string user, string program, string variables) =>
        $"""
        # Written by lk provision apply; what is changed here by hand is drift.
        [Unit]
        Description=postgres_exporter of {cluster}
        After=network.target

        [Service]
        User={user}
        EnvironmentFile={variables}
        ExecStart={program} --web.listen-address={exporter.Listen}:{exporter.Port.ToString(CultureInfo.InvariantCulture)}
        Restart=on-failure

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>The file that Prometheus finds it by.</summary>
    public static string Targets(ClusterConfig cluster, ExporterConfig exporter, string host)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["cluster"] = cluster.Name, ["engine"] = cluster.Engine };
        if (cluster.Environment is { } environment)
            labels["environment"] = environment.Value;
        if (cluster.Version is { } version)
            labels["version"] = version.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in cluster.Monitoring!.Value.Labels)
            labels[name] = value.Value;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteStartArray("targets");
            writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{host}:{exporter.Port}"));
            writer.WriteEndArray();
            writer.WriteStartObject("labels");
            foreach (var (name, value) in labels)
                writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("'", "%27", StringComparison.Ordinal);
}
