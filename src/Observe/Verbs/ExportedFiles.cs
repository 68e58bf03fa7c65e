using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Observe.Verbs;

/// <summary>Writes files that other tools read.</summary>
internal static class ExportedFiles
{
    public static async Task<Report> WriteAsync(Workspace workspace, string to, IReadOnlyList<(string Name, string Text)> files, CancellationToken cancel)
    {
        var folder = Path.GetFullPath(to, workspace.Folder);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, text) in files)
            {
                // In one step, since Prometheus may read the folder at any moment.
                var next = Path.Combine(folder, $".{name}.next");
                await File.WriteAllTextAsync(next, text, cancel);
                File.Move(next, Path.Combine(folder, name), overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.OutputLost, $"the folder {folder} cannot be written: {e.Message}", "Name another one with --to.", inner: e);
        }

        return Report.Of(new ExportReport(folder, [.. files.Select(file => file.Name)]), () => ObserveJson.Default.ExportReport, [.. files.Select(file => new Line("wrote " + Path.Combine(to, file.Name)))]);
    }
}
