using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision.Exports;

/// <summary>A file that an export writes.</summary>
/// <param name="Name">Its name below the folder of the export.</param>
/// <param name="Text">Its text; the first line holds <see cref="ExportFolder.Mark"/>.</param>
internal sealed record ExportedFile(string Name, string Text);

/// <summary>Writes the files of an export. Files of others are never replaced.</summary>
internal static class ExportFolder
{
    /// <summary>Stands in the first line of each file that is ours to replace.</summary>
    public const string Mark = "Written by 'lk provision export'";

    /// <summary>Writes the files, and takes away those of an earlier export that are not among them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">The files.</param>
    /// <param name="pattern">Which files of the folder an earlier export may have left: <c>*.tf</c>.</param>
    /// <param name="cancel">Stops writing.</param>
    /// <exception cref="LockkeeperException">One of the files is there and was written by somebody else; nothing was changed. Or it cannot be written.</exception>
    public static async Task WriteAsync(string folder, IReadOnlyList<ExportedFile> files, string pattern, CancellationToken cancel)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Name);
            if (File.Exists(path) && !IsOurs(path))
                throw new LockkeeperException(KernelErrors.FileExists, $"{path} was not written by an export", "Nothing was changed: choose another folder with --to, or move the file away.");
        }

        try
        {
            Directory.CreateDirectory(folder);
            foreach (var file in files)
            {
                var path = Path.Combine(folder, file.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path + ".new", file.Text, cancel);
                File.Move(path + ".new", path, overwrite: true);
            }

            foreach (var left in Directory.EnumerateFiles(folder, pattern).Where(path => !files.Any(file => file.Name == Path.GetFileName(path)) && IsOurs(path)))
                File.Delete(left);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.FileNotWritten, $"the folder {folder} cannot be written: {e.Message}", "Choose a place that this user may write to.", inner: e);
        }
    }

    private static bool IsOurs(string path) => File.ReadLines(path).FirstOrDefault()?.Contains(Mark, StringComparison.Ordinal) == true;
}
