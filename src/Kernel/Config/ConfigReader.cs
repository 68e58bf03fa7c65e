using Lockkeeper.Kernel.Config.Shape;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config;

/// <summary>Finds, reads and checks lockkeeper.yaml.</summary>
public static class ConfigReader
{
    /// <summary>The file's name.</summary>
    public const string FileName = "lockkeeper.yaml";

    private const string OtherFileName = "lockkeeper.yml";

    /// <summary>The names that are looked for, the first one first.</summary>
    public static IReadOnlyList<string> FileNames { get; } = [FileName, OtherFileName];

    /// <summary>The configuration of a folder: that of the nearest lockkeeper.yaml (or .yml) in it or above it.</summary>
    /// <param name="folder">Where to start.</param>
    /// <exception cref="LockkeeperException">There is none, or it is not valid; all errors of the file are in one exception.</exception>
    public static LocatedConfig LoadNearest(string folder)
    {
        var file = Find(folder);
        return Load(file, Path.GetRelativePath(folder, file));
    }

    /// <summary>The full path of the nearest lockkeeper.yaml (or .yml) in a folder or above it.</summary>
    /// <param name="folder">Where to start.</param>
    /// <exception cref="LockkeeperException">There is none.</exception>
    public static string Find(string folder)
    {
        for (var at = new DirectoryInfo(Path.GetFullPath(folder)); at is not null; at = at.Parent)
        {
            foreach (var name in FileNames)
            {
                var file = Path.Combine(at.FullName, name);
                if (File.Exists(file))
                    return file;
            }
        }

        throw new LockkeeperException(
            KernelErrors.ConfigMissing, $"there is no {FileName} in this folder or above it",
            "Run 'lk init' to make one, or name the file with --config FILE.");
    }

    /// <summary>Reads and checks a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="shownAs">The file as the user would type it, for errors; by default <paramref name="file"/>.</param>
    /// <exception cref="LockkeeperException">It cannot be read or is not valid; all errors of the file are in one exception.</exception>
    public static LocatedConfig Load(string file, string? shownAs = null)
    {
        shownAs ??= file;
        var problems = new Problems(shownAs);
        var config = Parse(ConfigText.Read(file, shownAs), problems);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (Path.GetFileName(file) == FileName && File.Exists(Path.Combine(folder, OtherFileName)))
            problems.Warn("two-config-files", new YamlScalar("", IsPlain: true, 1, 1), $"{OtherFileName} stands beside {FileName} and is not read", "Remove one of them.");
        return new LocatedConfig(config, folder) { Warnings = problems.Warnings };
    }

    /// <summary>Reads and checks a text; touches no files.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="problems">Where errors and warnings go.</param>
    internal static ProjectConfig Parse(string text, Problems problems)
    {
        var root = new YamlTreeReader(text, problems).Read();
        if (root is null)
        {
            problems.Add(KernelErrors.ConfigMissingKey, new YamlScalar("", IsPlain: true, 1, 1), "the file is empty", "Run 'lk init' in another folder to see what a configuration looks like.");
            throw problems.All();
        }

        var right = ConfigShape.Root.TryRead(root, "the file", problems, out var config);
        ConfigReferences.Check(root, problems);
        problems.ThrowIfAny();
        return right ? config : throw new InvalidOperationException("the configuration is not valid, and no error says why");
    }
}
