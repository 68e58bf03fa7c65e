using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>A migration that Lockkeeper applies or undoes and that another tool's history has to hear of.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Before">The one before it in the series; null for the first. A tool that keeps only the last version goes back to it.</param>
/// <param name="Files">The files, for checksums and names.</param>
internal sealed record ForeignEntry(Migration Migration, Migration? Before, SeriesFiles Files);
