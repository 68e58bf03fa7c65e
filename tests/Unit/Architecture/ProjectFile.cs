using System.Xml.Linq;

namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>What kind of part a project under src is.</summary>
internal enum Layer
{
    Kernel,
    Engine,
    Duty,
    Host,
    Face,
}

/// <summary>A project under src: what it references.</summary>
internal sealed record ProjectFile(string Path, string Name, Layer Layer, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    private static readonly string[] faces = ["Cli", "Server"];

    public static IReadOnlyList<ProjectFile> All { get; } = [.. Repo.Projects("src").Select(Load)];

    private static ProjectFile Load(string path)
    {
        var xml = XDocument.Parse(Repo.Read(path));
        var folder = System.IO.Path.GetDirectoryName(path)!;
        var references = xml.Descendants("ProjectReference")
            .Select(item => NameOf(System.IO.Path.GetRelativePath(Repo.Root, System.IO.Path.GetFullPath(System.IO.Path.Combine(Repo.Root, folder, item.Attribute("Include")!.Value)))));
        var packages = xml.Descendants("PackageReference").Select(item => item.Attribute("Include")!.Value);
        var name = NameOf(path);
        return new(path, name, LayerOf(name), [.. references], [.. packages]);
    }

    // src/Engines/PostgreSql/PostgreSql.csproj is Engines/PostgreSql.
    private static string NameOf(string path) => System.IO.Path.GetDirectoryName(path)!.Replace('\\', '/')["src/".Length..];

    private static Layer LayerOf(string name) => name switch
    {
        "Kernel" => Layer.Kernel,
        "Host" => Layer.Host,
        _ when name.StartsWith("Engines/", StringComparison.Ordinal) => Layer.Engine,
        _ when faces.Contains(name) => Layer.Face,
        _ => Layer.Duty,
    };

    public static Layer LayerOfReference(string name) => LayerOf(name);
}
