using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;

/// <summary><c>lk sandbox list</c>.</summary>
internal static class List
{
    public static Verb Verb { get; } = new()
    {
        Path = "sandbox list",
        Summary = "list the throw-away servers of this user",
        Details = "Passwords are not shown; 'lk sandbox up NAME' prints the connection URL of a server that is up. "
            + "What dead programs left behind is removed first.",
        Effect = VerbEffect.Local,
        Examples = [new VerbExample("lk sandbox list", "show name, version, port, size and state of each")],
        ReportType = () => SandboxReportJson.Default.SandboxListReport,
        Handler = RunAsync,
    };

    private static async Task<Report> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var found = await LastingClusters.ListAsync(SandboxPorts.Of(call.Workspace), cancel);
        var entries = found.Select(one => new SandboxListEntry(
            one.State.Name, one.State.Version, one.State.Port, one.Running is not null, one.Running?.Since, Size(one.Folder), one.Folder)).ToList();
        return Report.Of(
            new SandboxListReport(entries),
            () => SandboxReportJson.Default.SandboxListReport,
            entries.Count == 0
                ? [new Line("no sandbox cluster is here; make one with: lk sandbox up", Tone.Muted)]
                : [new Table(["name", "version", "port", "state", "size", "folder"], [.. entries.Select(entry => Row(entry, call.Workspace.Clock))])]);
    }

    private static IReadOnlyList<Cell> Row(SandboxListEntry entry, TimeProvider clock) =>
    [
        new Cell(entry.Name, Tone.Strong),
        entry.Version,
        entry.Port.ToString(CultureInfo.InvariantCulture),
        entry.Since is { } since ? new Cell($"up for {Durations.Words(clock.GetUtcNow() - since)}", Tone.Good) : new Cell("stopped", Tone.Warning),
        $"{entry.SizeBytes / 1024 / 1024} MB",
        entry.Folder,
    ];

    /// <summary>A running server adds and removes files while they are counted.</summary>
    private static long Size(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        long size = 0;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", options))
        {
            try
            {
                size += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Gone in the meantime.
            }
        }

        return size;
    }
}
