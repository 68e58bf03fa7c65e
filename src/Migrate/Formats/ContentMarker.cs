using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Finds the file whose beginning says which tool it is for.</summary>
internal static class ContentMarker
{
    /// <summary>Files that are opened at most: every command looks, and a folder may hold thousands.</summary>
    private const int Looked = 3;

    /// <summary>The first of the first few files that fits, or null; where the configuration names a file, that one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Which of its files.</param>
    /// <param name="fits">Looks at the beginning of a file.</param>
    public static string? Find(SeriesFolder folder, IEnumerable<string> files, Func<string, bool> fits) =>
        (folder.Entry is { } entry ? files.Where(file => file == entry) : files).Take(Looked).FirstOrDefault(file => fits(folder.Peek(file)));
}
