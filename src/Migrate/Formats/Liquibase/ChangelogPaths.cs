namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Paths as Liquibase writes them.</summary>
internal static class ChangelogPaths
{
    /// <summary>A path without <c>classpath:</c>, leading slash and <c>./</c>, with '/' between its parts, as in DatabaseChangeLog.normalizePath.</summary>
    public static string Normalize(string path)
    {
        var plain = path.Trim().Replace('\\', '/');
        foreach (var prefix in new[] { "classpath:", "classpath*:" })
        {
            if (plain.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                plain = plain[prefix.Length..];
        }

        var parts = new List<string>();
        foreach (var part in plain.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }

        return string.Join('/', parts);
    }

    /// <summary>The folder of a path; empty at the top.</summary>
    public static string FolderOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";

    /// <summary>Two paths, one after the other.</summary>
    public static string Join(string folder, string path) => Normalize(folder.Length == 0 ? path : $"{folder}/{path}");
}
