using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Lint;

/// <summary>Which migrations come after what stands behind them in the series.</summary>
internal static class LateMigrations
{
    /// <summary>Finds, for a migration, the newest one that is in place and stands after it.</summary>
    /// <param name="series">The series.</param>
    /// <param name="isInPlace">Whether a migration is in the target, or in the branch that this one goes to.</param>
    public static Func<Migration, Migration?> Of(MigrationSeries series, Func<Migration, bool> isInPlace)
    {
        // Repeatable ones and baselines have no place in the order.
        var places = series.Migrations.Where(migration => migration.Kind is MigrationKind.Versioned or MigrationKind.Planned)
            .Select((migration, place) => (migration, place)).ToDictionary(pair => pair.migration, pair => pair.place, ReferenceEqualityComparer.Instance as IEqualityComparer<Migration>);
        var newest = places.Keys.Where(isInPlace).MaxBy(migration => places[migration]);
        return migration => newest is not null && migration.OutOfOrder != true && places.TryGetValue(migration, out var place) && place < places[newest] && !isInPlace(migration) ? newest : null;
    }
}
