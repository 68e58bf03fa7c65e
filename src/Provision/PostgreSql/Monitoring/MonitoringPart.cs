using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Monitoring;

/// <summary>What watches a declared cluster: postgres_exporter on its primary's host, and the file by which Prometheus finds it.</summary>
internal sealed class MonitoringPart : IClusterPart
{
    private const string Program = "prometheus-postgres-exporter";

    /// <summary>Starts it so that it outlives this program, and writes down its number.</summary>
    private const string Start =
        """
        cd /
        setsid -f sh -c 'set -a; . "$1"; set +a; echo $$ > "$2.pid"; exec "$3" --web.listen-address="$4" >"$2.log" 2>&1 </dev/null' lk "$1" "$2" "$3" "$4"
        """;

    /// <summary>Whether it answers and has reached the server: pg_up is 1 then.</summary>
    private const string Ask = "exec 3<>\"/dev/tcp/$1/$2\" && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && grep -m 1 '^pg_up ' <&3";

    public bool ComesLast => true;

    public IReadOnlyDictionary<string, Placed<string>> Parameters(ClusterConfig cluster) => new Dictionary<string, Placed<string>>();

    public async Task<IReadOnlyList<ClusterPartStep>> CompareAsync(ClusterConfig cluster, IHost host, Workspace workspace, CancellationToken cancel)
    {
        if (cluster.Monitoring is not { } monitoring)
            return [];
        var steps = new List<ClusterPartStep>();
        if (monitoring.Value.Exporter is { } exporter)
            steps.AddRange(await ExporterAsync(cluster, host, exporter, workspace, cancel));
        if (monitoring.Value is { TargetsFile: { } file, Exporter: { } target })
        {
            var files = new HostFiles(new LocalHost(workspace.Processes));
            var text = ExporterFiles.Targets(cluster, target.Value, cluster.Primary.IsLocal ? target.Value.Listen : cluster.Primary.Host);
            if ((await files.ReadAsync(file, cancel))?.Text != text)
                steps.Add(new ClusterPartStep("monitoring", $"Prometheus finds it by {file}", text, monitoring.At, stop => WriteAsync(files, file, text, "644", stop)));
        }

        return steps;
    }

    public async Task RemoveAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        if (cluster.Monitoring?.Value.Exporter is null)
            return;
        await using var host = NodeHosts.Of(cluster.Primary, workspace);
        var systemd = await HasSystemdAsync(host, cluster, cancel);
        await StopAsync(host, cluster, systemd, cancel);
        if (systemd)
            await new HostFiles(host, "root").RemoveAsync(UnitFile(cluster), cancel);
        await new HostFiles(host, Writer(cluster)).RemoveFolderAsync(Folder(cluster), cancel);
        if (cluster.Monitoring.Value.TargetsFile is { } targets)
            await new HostFiles(new LocalHost(workspace.Processes)).RemoveAsync(targets, cancel);
    }

    private static ExporterConfig Exporter(ClusterConfig cluster) => cluster.Monitoring!.Value.Exporter!.Value;

    private static string Folder(ClusterConfig cluster) => Exporter(cluster).Folder ?? $"/etc/lockkeeper/{cluster.Name}/exporter";

    /// <summary>Whose rights its files are written with.</summary>
    private static string Writer(ClusterConfig cluster) => Exporter(cluster).Folder is null ? "root" : User(cluster);

    /// <summary>Its number and its log are files of this name with an end.</summary>
    private static string Process(ClusterConfig cluster) => $"{Folder(cluster)}/exporter";

    private static string UnitFile(ClusterConfig cluster) => $"/etc/systemd/system/{Unit(cluster)}";

    private static string Unit(ClusterConfig cluster) => $"lockkeeper-exporter-{cluster.Name}.service";

    private static string User(ClusterConfig cluster) => Exporter(cluster).User;

    private static string Variables(ClusterConfig cluster) => $"{Folder(cluster)}/exporter.env";

    private static async Task<IReadOnlyList<ClusterPartStep>> ExporterAsync(ClusterConfig cluster, IHost host, Placed<ExporterConfig> exporter, Workspace workspace, CancellationToken cancel)
    {
        var (files, steps) = (new HostFiles(host, Writer(cluster)), new List<ClusterPartStep>());
        var program = (await host.RunAsync(new HostCommand("sh", "-c", "command -v " + Program), cancel)).Output.Trim();
        if (program.Length == 0)
            throw new LockkeeperException(ProvisionErrors.ServerProgramsMissing, $"{Program} is not on {host.Name}", $"Install it there, on Debian: apt-get install {Program}", exporter.At);
        var password = await workspace.Secrets.ResolveAsync(cluster.Roles[exporter.Value.Role].Value.Password!, cancel);
        // postgres_exporter 0.11 takes such a password apart at its spaces and quotes, and then says that the address is malformed.
        if (password.Any(c => char.IsWhiteSpace(c) || c is '\'' or '"' or '\\'))
            throw new LockkeeperException(ProvisionErrors.BadPassword, $"the exporter cannot sign in with the password of the role '{exporter.Value.Role}': it has a space, a quote or a backslash in it", "Take another one: openssl rand -hex 24", cluster.Roles[exporter.Value.Role].Value.Password!.At);
        var port = cluster.Instance?.Value.Port ?? new Uri(await workspace.Secrets.ResolveAsync(cluster.Admin, cancel)).Port;
        var systemd = await HasSystemdAsync(host, cluster, cancel);
        var changed = await FileAsync(files, steps, Variables(cluster), ExporterFiles.Variables(cluster, exporter.Value, port, password), "600", Writer(cluster) == User(cluster) ? "" : $"{User(cluster)}:", exporter.At, "its variables, with a password", cancel);
        if (systemd)
            changed |= await FileAsync(new HostFiles(host, "root"), steps, UnitFile(cluster), ExporterFiles.Unit(exporter.Value, cluster.Name, User(cluster), program, Variables(cluster)), "644", null, exporter.At, $"unit {Unit(cluster)}", cancel);
        if (changed || await AnswerAsync(host, exporter.Value, cancel) is null)
        {
            steps.Add(new ClusterPartStep("exporter", changed ? "started with them" : "started", $"{program} --web.listen-address={Address(exporter.Value)}", exporter.At, async stop =>
            {
                await StopAsync(host, cluster, systemd, stop);
                await StartAsync(host, cluster, exporter, program, systemd, stop);
            }));
        }

        return steps;
    }

    private static async Task<bool> FileAsync(HostFiles files, List<ClusterPartStep> steps, string path, string text, string mode, string? owner, SourcePosition at, string words, CancellationToken cancel)
    {
        var there = await files.ReadAsync(path, cancel);
        if (there?.Text == text && there.Entry.Mode == mode)
            return false;
        steps.Add(new ClusterPartStep("exporter", words, $"write {path}, mode {mode}", at, async stop =>
        {
            await files.MakeFolderAsync(Path.GetDirectoryName(path)!, owner is null ? "755" : "750", owner, stop);
            await files.WriteAsync(path, text, mode, owner, stop);
        }));
        return true;
    }

    private static async Task WriteAsync(HostFiles files, string path, string text, string mode, CancellationToken cancel)
    {
        await files.MakeFolderAsync(Path.GetDirectoryName(path)!, "755", null, cancel);
        await files.WriteAsync(path, text, mode, null, cancel);
    }

    private static async Task StartAsync(IHost host, ClusterConfig cluster, Placed<ExporterConfig> exporter, string program, bool systemd, CancellationToken cancel)
    {
        var log = Process(cluster);
        if (systemd)
            await host.RunOrFailAsync(new HostCommand("sh", "-c", $"systemctl daemon-reload && systemctl enable --now {Unit(cluster)}") { User = "root" }, $"journalctl -u {Unit(cluster)} says why.", cancel);
        else
            await host.RunOrFailAsync(new HostCommand("sh", "-c", Start, "lk", Variables(cluster), log, program, Address(exporter.Value)) { User = User(cluster) }, "Look at the host.", cancel);
        for (var tries = 0; tries < 100; tries++)
        {
            if (await AnswerAsync(host, exporter.Value, cancel) is "1")
                return;
            await Task.Delay(100, cancel);
        }

        var said = await AnswerAsync(host, exporter.Value, cancel);
        throw new LockkeeperException(
            ProvisionErrors.ExporterNotUp, said is null ? $"the exporter was started and does not answer at {Address(exporter.Value)}" : $"the exporter cannot sign in to the server as {exporter.Value.Role}",
            said is null ? $"Is the port taken? Its log is {(systemd ? $"journalctl -u {Unit(cluster)}" : log + ".log")}." : $"Let the role in from the host itself: access: - {{ type: host, users: {exporter.Value.Role}, address: samehost }}", exporter.At);
    }

    private static async Task StopAsync(IHost host, ClusterConfig cluster, bool systemd, CancellationToken cancel)
    {
        if (systemd)
            await host.RunAsync(new HostCommand("systemctl", "stop", Unit(cluster)) { User = "root" }, cancel);
        else
            await host.StopAsync($"{Process(cluster)}.pid", Program, User(cluster), "It does not end: look at its log.", cancel);
    }

    /// <summary>The value of pg_up; null when nobody answers.</summary>
    private static async Task<string?> AnswerAsync(IHost host, ExporterConfig exporter, CancellationToken cancel)
    {
        var answer = await host.RunAsync(new HostCommand("bash", "-c", Ask, "lk", exporter.Listen, exporter.Port.ToString(CultureInfo.InvariantCulture)) { Timeout = TimeSpan.FromSeconds(15) }, cancel);
        return answer.Succeeded && answer.Output.Trim() is { Length: > 6 } line ? line[6..].Trim() : null;
    }

    private static async Task<bool> HasSystemdAsync(IHost host, ClusterConfig cluster, CancellationToken cancel) => Exporter(cluster).Service == InstanceService.Systemd || (Exporter(cluster).Service == InstanceService.Auto && (await host.RunAsync(new HostCommand("test", "-d", "/run/systemd/system"), cancel)).Succeeded);

    private static string Address(ExporterConfig exporter) => string.Create(CultureInfo.InvariantCulture, $"{exporter.Listen}:{exporter.Port}");
}
