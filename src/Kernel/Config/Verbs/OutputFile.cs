using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary>Writes the files that a verb makes.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file that must not be there yet.</summary>
    public static async Task CreateAsync(string path, string text, CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await using var writer = new StreamWriter(stream);
            await writer.WriteAsync(text.AsMemory(), cancel);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw Exists(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, e);
        }
    }

    /// <summary>Writes a file or replaces it as a whole: who reads it meanwhile sees the old text or the new one.</summary>
    public static async Task ReplaceAsync(string path, string text, CancellationToken cancel)
    {
        var temporary = path + ".new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await File.WriteAllTextAsync(temporary, text, cancel);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, e);
        }
    }

    public static LockkeeperException Exists(string path) =>
        new(KernelErrors.FileExists, $"{Path.GetFileName(path)} exists already", "Nothing was changed: edit the file, or run 'lk init' in another folder.");

    private static LockkeeperException NotWritten(string path, Exception cause) =>
        new(KernelErrors.FileNotWritten, $"the file {path} cannot be written: {cause.Message}", "Choose a place that this user may write to.", inner: cause);
}
