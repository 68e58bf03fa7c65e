using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;

/// <summary><c>lk sandbox down</c>.</summary>
internal static class Down
{
    private static readonly Parameter Name = new("name", ParameterKind.Text, "The cluster's name") { Positional = true, ValueName = "NAME" };

    private static readonly Parameter All = new("all", ParameterKind.Flag, "Remove all sandbox clusters of this user");

    public static Verb Verb { get; } = new()
    {
        Path = "sandbox down",
        Summary = "stop a throw-away server and remove its files",
        Details = "Sessions are ended at once and the data is gone.",
        Effect = VerbEffect.Local,
        Parameters = [Name, All],
        Examples =
        [
            new VerbExample("lk sandbox down shop", "stop the server called shop and remove its files"),
            new VerbExample("lk sandbox down --all", "remove all of them"),
        ],
        ReportType = () => SandboxReportJson.Default.SandboxDownReport,
        Handler = RunAsync,
    };

    private static async Task<Report> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var name = call.Text(Name);
        if (name is null != call.Flag(All))
            throw new LockkeeperException(KernelErrors.WrongUse, "'sandbox down' needs either a NAME or --all", "Run 'lk sandbox list' for the names.");
        var removed = await LastingClusters.DownAsync(name, SandboxPorts.Of(call.Workspace), cancel);
        return Report.Of(
            new SandboxDownReport(removed),
            () => SandboxReportJson.Default.SandboxDownReport,
            removed.Count == 0
                ? [new Line("no sandbox cluster is here", Tone.Muted)]
                : [.. removed.Select(one => new Line($"sandbox '{one}' is gone", Tone.Good))]);
    }
}
