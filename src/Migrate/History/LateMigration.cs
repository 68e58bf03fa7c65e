using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.History;

/// <summary>A pending migration that stands before one that is applied.</summary>
/// <param name="Migration">It.</param>
/// <param name="Newer">What is applied and stands after it, in the order of the series.</param>
internal sealed record LateMigration(Migration Migration, IReadOnlyList<HistoryRow> Newer);
