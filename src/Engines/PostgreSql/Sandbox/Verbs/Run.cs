using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;

/// <summary><c>lk sandbox run</c>.</summary>
internal static class Run
{
    private static readonly Parameter Command = new("command", ParameterKind.Text, "The command line, run by sh -c")
    {
        Positional = true,
        Required = true,
        ValueName = "COMMAND",
    };

    public static Verb Verb { get; } = new()
    {
        Path = "sandbox run",
        Summary = "run a command with a throw-away PostgreSQL server",
        Details = "The command finds the server in DATABASE_URL and in PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE. "
            + "The server ends with the command, and also when lk is killed; nothing stays on the disk. "
            + "The exit code is 0 when the command ended with 0, else 1.",
        Effect = VerbEffect.Local,
        Parameters = [Command, ClusterParameters.Version, ClusterParameters.Settings],
        Examples =
        [
            new VerbExample("lk sandbox run \"psql -c 'SELECT version()'\"", "ask a fresh server for its version"),
            new VerbExample("lk sandbox run \"dotnet test\" --version 17", "run tests against PostgreSQL 17"),
        ],
        ReportType = () => SandboxReportJson.Default.SandboxRunReport,
        Handler = RunAsync,
    };

    private static async Task<Report> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        await using var cluster = await SandboxCluster.StartAsync(
            ClusterParameters.Read(call) with { Ephemeral = true, Name = "run" }, SandboxPorts.Of(workspace), cancel);
        workspace.Redactor.Learn(cluster.Password);
        var result = await workspace.Processes.RunAsync(
            new ProcessSpec("/bin/sh", "-c", call.Required(Command))
            {
                Folder = workspace.Folder,
                OnLine = line => workspace.Progress.Say(line.Text),
                Environment = new Dictionary<string, string?>
                {
                    ["DATABASE_URL"] = cluster.Url(),
                    ["PGHOST"] = "127.0.0.1",
                    ["PGPORT"] = $"{cluster.Port}",
                    ["PGUSER"] = cluster.User,
                    ["PGPASSWORD"] = cluster.Password,
                    ["PGDATABASE"] = "postgres",
                },
            },
            cancel);
        var report = new SandboxRunReport(result.ExitCode, cluster.State.Version, Math.Round(result.Duration.TotalSeconds, 3));
        var words = $"the command ended with exit code {result.ExitCode} after {Durations.Words(result.Duration)} on PostgreSQL {report.Version}";
        return Report.Of(
            report,
            () => SandboxReportJson.Default.SandboxRunReport,
            [new Line(words, result.Succeeded ? Tone.Good : Tone.Bad)],
            result.Succeeded ? ExitCode.Done : ExitCode.Findings);
    }
}
