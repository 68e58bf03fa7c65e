namespace Lockkeeper.Tests.TestKit;

/// <summary>The folder of the repository, so that tests can read its files from wherever they are built to.</summary>
public static class RepositoryRoot
{
    private const string Marker = "Lockkeeper.slnx";

    private static readonly Lazy<string> Root = new(Find);

    /// <summary>The full path of the root.</summary>
    public static string Folder => Root.Value;

    /// <summary>The full path of a file or folder of the repository.</summary>
    /// <param name="relative">Its path from the root, with forward slashes.</param>
    public static string Path(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder, relative));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds {Marker}: build inside the repository.");
    }
}
