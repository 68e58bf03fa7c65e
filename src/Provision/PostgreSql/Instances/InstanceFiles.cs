using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>The texts of an instance's files.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="place">Where everything is.</param>
internal sealed class InstanceFiles(ClusterConfig cluster, InstancePlace place)
{
    /// <summary>The first lines of every file.</summary>
    public string Heading => $"# Written by Lockkeeper from {cluster.File}: what is changed here by hand is put back by 'lk provision apply {cluster.Name}'.\n";

    /// <summary>Files that only say where things are, in the order in which they are written. A server that runs reads them when it starts.</summary>
    public IReadOnlyList<InstanceFile> Fixed()
    {
        List<InstanceFile> files =
        [
            new(place.MainFile, MainText(), "644"),
            new(place.IdentFile, Heading + "# MAPNAME  SYSTEM-USERNAME  PG-USERNAME\n", "640"),
        ];
        if (!place.IsDebian)
            return files;
        // What pg_createcluster writes besides (postgresql-common), so that pg_lsclusters, pg_ctlcluster and the units of systemd know the instance.
        return
        [
            .. files,
            new(Path.Combine(place.Configuration, "environment"), Heading, "644"),
            new(Path.Combine(place.Configuration, "pg_ctl.conf"), Heading + "pg_ctl_options = ''\n", "644"),
            new(Path.Combine(place.Configuration, "start.conf"), Heading + "auto\n", "644"),
        ];
    }

    /// <summary>The unit of systemd; null when there is none, or it is not ours.</summary>
    public InstanceFile? Unit() => place.UnitFile is not { } path ? null : new InstanceFile(
        path,
        $"""
        {Heading}[Unit]
        Description=PostgreSQL cluster {cluster.Name}
        After=network-online.target
        Wants=network-online.target

        [Service]
        Type=forking
        User={place.User}
        PIDFile={place.Data}/postmaster.pid
        ExecStart={ShellText.Quote(place.Program("pg_ctl"))} -D {ShellText.Quote(place.Data)} -l {ShellText.Quote(place.LogFile)} -s -w -t {StartSeconds} start
        ExecStop={ShellText.Quote(place.Program("pg_ctl"))} -D {ShellText.Quote(place.Data)} -s -w -m fast stop
        ExecReload=/bin/kill -HUP $MAINPID
        TimeoutStartSec={StartSeconds + 30}
        TimeoutStopSec=10min
        # The kernel ends a session before the whole server (PostgreSQL manual, "Linux Memory Overcommit").
        OOMScoreAdjust=-900
        Environment=PG_OOM_ADJUST_FILE=/proc/self/oom_score_adj
        KillMode=mixed
        KillSignal=SIGINT

        [Install]
        WantedBy=multi-user.target

        """,
        "644");

    /// <summary>Parameters that every instance of ours has unless the declaration says otherwise.</summary>
    /// <param name="isLoopback">Whether the administrator comes over loopback.</param>
    public IReadOnlyDictionary<string, Placed<string>> Standard(bool isLoopback)
    {
        var (locale, at) = (cluster.Instance!.Value.Locale, cluster.Instance.At);
        var standard = new Dictionary<string, string>
        {
            ["listen_addresses"] = isLoopback ? "localhost" : "*",
            ["password_encryption"] = "scram-sha-256",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["datestyle"] = "iso, mdy",
            ["lc_messages"] = locale,
            ["lc_monetary"] = locale,
            ["lc_numeric"] = locale,
            ["lc_time"] = locale,
            ["default_text_search_config"] = "pg_catalog.english",
            ["log_line_prefix"] = "%m [%p] %q%u@%d ",
        };
        if (!place.IsDebian)
        {
            // One file for each day of the week, and no more of them.
            standard["logging_collector"] = "on";
            standard["log_filename"] = "postgresql-%a.log";
            standard["log_truncate_on_rotation"] = "on";
            standard["log_rotation_age"] = "1d";
            standard["log_rotation_size"] = "0";
        }

        if (cluster.Tls?.Value is { } tls)
        {
            standard["ssl"] = "on";
            standard["ssl_cert_file"] = place.CertificateFile;
            standard["ssl_key_file"] = place.KeyFile;
            standard["ssl_min_protocol_version"] = tls.LeastVersion;
            if (tls.Ca is not null)
                standard["ssl_ca_file"] = place.CaFile;
        }

        return standard.ToDictionary(one => one.Key, one => new Placed<string>(one.Value, at), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The file that says whose a data directory is.</summary>
    public string Marker() => $$"""{ "cluster": "{{cluster.Name}}", "version": {{place.Version}} }""" + "\n";

    private int StartSeconds => (int)Math.Ceiling(cluster.Instance!.Value.StartTimeout.TotalSeconds);

    private string MainText()
    {
        var lines = new Dictionary<string, string> { ["port"] = place.Port.ToString(CultureInfo.InvariantCulture), ["unix_socket_directories"] = place.Sockets, ["cluster_name"] = place.IsDebian ? $"{place.Version}/{cluster.Name}" : cluster.Name };
        if (place.IsDebian)
        {
            lines["data_directory"] = place.Data;
            lines["hba_file"] = place.AccessFile;
            lines["ident_file"] = place.IdentFile;
            lines["external_pid_file"] = $"/var/run/postgresql/{place.Version}-{cluster.Name}.pid";
        }

        return Heading + string.Concat(lines.Select(line => $"{line.Key} = {ParameterFile.Quoted(line.Value)}\n")) +
            "# Files of others; what stands in the last one holds over all before it.\ninclude_dir = 'conf.d'\ninclude = 'lockkeeper.conf'\n";
    }
}
