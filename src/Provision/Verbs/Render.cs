using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision render</c>.</summary>
internal static class Render
{
    private static readonly Parameter Name = new("cluster", ParameterKind.Text, "A declared cluster with the key instance") { Positional = true, Required = true, ValueName = "CLUSTER" };

    private static readonly Parameter To = new("to", ParameterKind.Text, "Write the files below this folder instead of printing them") { ValueName = "FOLDER" };

    public static Verb Declare(ClusterChoice clusters) => new()
    {
        Path = "provision render",
        Summary = "show the files of an instance as apply would write them",
        Details = "Configuration, access rules and the unit of systemd, each with its path on the host. Certificates, keys and passwords are left out. The host is asked how its files lie, and nothing on it is changed.",
        Effect = VerbEffect.Local,
        Parameters = [Name, To],
        Examples = [new VerbExample("lk provision render shop-dev", "prints the files"), new VerbExample("lk provision render shop-dev --to files", "writes them below files/, for a diff or a review")],
        ReportType = () => ProvisionJson.Default.RenderReport,
        Handler = (call, cancel) => HandleAsync(clusters, call, cancel),
    };

    private static async Task<Report> HandleAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var (cluster, target) = await clusters.OpenInstanceAsync(call.Required(Name), call.Workspace, cancel);
        await using var open = target;
        var files = await target.RenderAsync(call.Workspace.Progress, cancel);
        var folder = call.Text(To);
        var text = new List<Block>();
        foreach (var file in files)
        {
            if (folder is not null)
                await WriteAsync(Path.Combine(call.Workspace.Folder, folder, file.Path.TrimStart('/')), file.Text, cancel);
            else
                text.AddRange([new Heading($"{file.Path} ({file.Mode})"), new Code(file.Text, "ini")]);
        }

        if (folder is not null)
            text.Add(new Line($"Wrote {Plural.Of(files.Count, "file")} below {folder}.", Tone.Good));
        return Report.Of(new RenderReport(cluster.Name, folder, [.. files.Select(file => new RenderedFile(file.Path, file.Mode, file.Text))]), () => ProvisionJson.Default.RenderReport, text);
    }

    private static async Task WriteAsync(string path, string text, CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.FileNotWritten, $"{path} cannot be written: {e.Message}", "Choose a place that this user may write to.", inner: e);
        }
    }
}
