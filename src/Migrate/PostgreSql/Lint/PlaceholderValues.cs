using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Values for placeholders while no target is at hand.</summary>
internal static class PlaceholderValues
{
    /// <summary>The configured values, and stand-ins for those that a target would give.</summary>
    /// <param name="format">The series' format.</param>
    /// <param name="database">The database.</param>
    public static IReadOnlyDictionary<string, string> For(string format, DatabaseConfig database)
    {
        var values = new Dictionary<string, string>(database.Placeholders, StringComparer.Ordinal);
        if (format != "flyway")
            return values;
        values.TryAdd("flyway:defaultSchema", database.SearchPath.FirstOrDefault() ?? "public");
        foreach (var name in new[] { "database", "user", "table", "timestamp", "workingDirectory" })
            values.TryAdd($"flyway:{name}", name.ToLowerInvariant());
        return values;
    }
}
