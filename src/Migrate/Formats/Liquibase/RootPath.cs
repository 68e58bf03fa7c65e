using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>The path of the migrations folder as its changelogs write it.</summary>
/// <remarks>
/// Includes that are not relative count from a root that Liquibase is told when it runs, such as src/main/resources. What they name tells which end of the folder's
/// own path lies below that root, and that end is part of every changeset's identity.
/// </remarks>
internal static class RootPath
{
    private static readonly string[] Naming = ["file", "path"];

    /// <summary>The end of the folder's path that the root changelog writes; empty when it writes none.</summary>
    public static string Find(SeriesFolder folder, string root)
    {
        if (root.EndsWith(".sql", StringComparison.OrdinalIgnoreCase))
            return "";
        var file = new ChangelogFile(root, root, folder.Show(root));
        var text = MigrationScript.ReadText(folder.FullPath(root), file.Shown);
        var node = root.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) ? XmlChangelog.Read(text, file) : YamlChangelog.Read(text, file);
        var parts = folder.Path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in Names(node))
        {
            for (var take = parts.Length; take > 0; take--)
            {
                var end = string.Join('/', parts[^take..]);
                if ((name + "/").StartsWith(end + "/", StringComparison.Ordinal) && !folder.Has(name) && Path.Exists(folder.FullPath(name.Length == end.Length ? "." : name[(end.Length + 1)..])))
                    return end;
            }
        }

        return "";
    }

    private static IEnumerable<string> Names(ChangeNode node)
    {
        var isRelative = node.Attributes.Any(attribute => attribute.Name == "relativeToChangelogFile" && attribute.Value.Text.Equals("true", StringComparison.OrdinalIgnoreCase));
        var own = isRelative ? [] : node.Attributes.Where(attribute => Naming.Contains(attribute.Name)).Select(attribute => ChangelogPaths.Normalize(attribute.Value.Text));
        return own.Concat(node.Children.SelectMany(Names));
    }
}
