namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>The files of this repository, as the rules look at them.</summary>
internal static class Repo
{
    private static readonly string[] notOurs = ["artifacts", "bin", "obj", "node_modules", "TestResults", ".git", ".lockkeeper"];
    private static readonly string[] textExtensions =
        ["", ".cs", ".csproj", ".props", ".targets", ".slnx", ".json", ".yaml", ".yml", ".md", ".sql", ".sh", ".txt", ".conf", ".mjs", ".js"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths of C# sources below a folder, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Sources(string folder) => Files(folder).Where(path => path.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>Paths of project files below a folder.</summary>
    public static IEnumerable<string> Projects(string folder) => Files(folder).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>Every text file that is meant to be read by people or tools.</summary>
    public static IEnumerable<string> Texts() => Files(".").Where(path => textExtensions.Contains(Path.GetExtension(path)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    public static bool HasFolder(string path) => Directory.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Files(string folder) =>
        Walk(new DirectoryInfo(Path.Combine(Root, folder))).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        if (!folder.Exists)
            yield break;
        foreach (var file in folder.EnumerateFiles())
            if (file.LinkTarget is null)
                yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
        foreach (var inner in folder.EnumerateDirectories())
            if (inner.LinkTarget is null && !notOurs.Contains(inner.Name))
                foreach (var path in Walk(inner))
                    yield return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Lockkeeper.slnx")))
                return folder.FullName;
        throw new InvalidOperationException($"no Lockkeeper.slnx above {AppContext.BaseDirectory}");
    }
}
