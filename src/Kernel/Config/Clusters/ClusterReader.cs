using Lockkeeper.Kernel.Config.Shape.Clusters;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>Finds, reads and checks the declared clusters of a project.</summary>
public static class ClusterReader
{
    private const int MostTemplates = 10;

    /// <summary>All declared clusters, by name.</summary>
    /// <param name="folder">The folder of lockkeeper.yaml.</param>
    /// <param name="include">The patterns of their files, relative to it: a folder and a file name with <c>*</c>.</param>
    /// <exception cref="LockkeeperException">A file is not valid, or two declare the same cluster; all errors of the first wrong file are in one exception.</exception>
    public static IReadOnlyList<ClusterConfig> Load(string folder, IReadOnlyList<string> include)
    {
        var clusters = new List<ClusterConfig>();
        foreach (var file in Files(folder, include))
        {
            var cluster = Read(Path.Combine(folder, file), file);
            if (clusters.Find(other => other.Name == cluster.Name) is { } twin)
                throw new LockkeeperException(KernelErrors.ConfigDuplicateKey, $"the cluster '{cluster.Name}' is declared by {twin.File} and by {file}", "Rename one of them with the key 'cluster', or take one file away.", new SourcePosition(file, 1, 1));
            clusters.Add(cluster);
        }

        return clusters;
    }

    /// <summary>Reads and checks one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="shownAs">The file as the user would type it.</param>
    /// <exception cref="LockkeeperException">It cannot be read or is not valid.</exception>
    public static ClusterConfig Read(string file, string shownAs)
    {
        var problems = new Problems(shownAs);
        var root = Tree(file, shownAs, problems);
        var right = ClusterShape.Root.TryRead(WithTemplates(root, file, shownAs, problems), "the file", problems, out var cluster);
        problems.ThrowIfAny();
        if (!right)
            throw new InvalidOperationException("the declaration is not valid, and no error says why");
        var named = cluster with { Name = cluster.Name.Length > 0 ? cluster.Name : Path.GetFileNameWithoutExtension(file), File = shownAs };
        ClusterReferences.Check(named);
        return named;
    }

    private static IEnumerable<string> Files(string folder, IReadOnlyList<string> include)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pattern in include)
        {
            var within = Path.GetDirectoryName(pattern) ?? "";
            if (Directory.Exists(Path.Combine(folder, within)))
                files.UnionWith(Directory.EnumerateFiles(Path.Combine(folder, within), Path.GetFileName(pattern)).Select(file => Path.Combine(within, Path.GetFileName(file))));
        }

        return files;
    }

    private static YamlMap Tree(string file, string shownAs, Problems problems)
    {
        var root = new YamlTreeReader(ConfigText.Read(file, shownAs), problems).Read();
        if (root is YamlMap map)
            return map;
        problems.Add(KernelErrors.ConfigBadValue, root ?? new YamlScalar("", IsPlain: true, 1, 1), $"the file must be a map, but it is {root?.Kind ?? "empty"}", "Write the keys of a cluster, for example: admin: \"${env:ADMIN_URL}\"");
        throw problems.All();
    }

    private static YamlMap WithTemplates(YamlMap root, string file, string shownAs, Problems problems)
    {
        var (merged, from) = (root, file);
        for (var depth = 0; merged.Find("template") is YamlScalar name; depth++)
        {
            if (depth == MostTemplates)
            {
                problems.Add(KernelErrors.ConfigBadValue, name, $"more than {MostTemplates} templates follow one another", "A template may not lead back to itself.");
                throw problems.All();
            }

            from = Path.Combine(Path.GetDirectoryName(from)!, name.Text);
            var shown = Path.Combine(Path.GetDirectoryName(shownAs) ?? "", Path.GetRelativePath(Path.GetDirectoryName(file)!, from));
            if (!File.Exists(from))
            {
                problems.Add(KernelErrors.ConfigBadValue, name, $"there is no template {shown}", "The path starts at the folder of the file that names it.");
                throw problems.All();
            }

            var inTemplate = new Problems(shown);
            var template = Tree(from, shown, inTemplate);
            ClusterShape.CheckTemplate(template, inTemplate);
            inTemplate.ThrowIfAny();
            merged = Merge(Without(merged, "template"), Stamp(template, shown));
        }

        return merged;
    }

    private static YamlMap Without(YamlMap map, string key) => map with { Entries = [.. map.Entries.Where(entry => entry.Key.Text != key)] };

    /// <summary>The keys of both; where both have one, maps are merged in turn and anything else is the first one's.</summary>
    private static YamlMap Merge(YamlMap first, YamlMap second)
    {
        var entries = new List<YamlEntry>();
        foreach (var entry in first.Entries)
            entries.Add(entry.Value is YamlMap inner && second.Find(entry.Key.Text) is YamlMap other ? entry with { Value = Merge(inner, other) } : entry);
        entries.AddRange(second.Entries.Where(entry => first.Find(entry.Key.Text) is null));
        return first with { Entries = entries };
    }

    private static YamlMap Stamp(YamlMap map, string file) =>
        map with { File = file, Entries = [.. map.Entries.Select(entry => new YamlEntry(entry.Key with { File = file }, Stamp(entry.Value, file)))] };

    private static YamlNode Stamp(YamlNode node, string file) => node switch
    {
        YamlMap map => Stamp(map, file),
        YamlList list => list with { File = file, Items = [.. list.Items.Select(item => Stamp(item, file))] },
        _ => node with { File = file },
    };
}
