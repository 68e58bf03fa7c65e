using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>A migration that Lockkeeper applies or undoes and that another tool's history has to hear of.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Before">The one of its kind before it in the series; null for the first. A tool that keeps only the last version goes back to it.</param>
/// <param name="Files">The files, for checksums and names.</param>
internal sealed record ForeignEntry(Migration Migration, Migration? Before, SeriesFiles Files)
{
    /// <summary>The entries of a series.</summary>
    public static IReadOnlyDictionary<MigrationKey, ForeignEntry> All(MigrationSeries series, SeriesFiles files)
    {
        var entries = new Dictionary<MigrationKey, ForeignEntry>();
        var last = new Dictionary<MigrationKind, Migration>();
        foreach (var migration in series.Migrations)
        {
            entries[migration.Key] = new ForeignEntry(migration, last.GetValueOrDefault(migration.Kind), files);
            last[migration.Kind] = migration;
        }

        return entries;
    }
}
