using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>Which migrations a rollback undoes.</summary>
internal static class RollbackChoice
{
    /// <summary>The last applied migration that is not repeatable: a repeatable one runs after it and has no way back.</summary>
    public static IReadOnlyList<HistoryRow> Last(IReadOnlyList<HistoryRow> inPlace) => inPlace.LastOrDefault(CanBeUndone) is { } last ? [last] : throw Nothing();

    /// <summary>Everything that was applied after a version; <c>0</c> means everything.</summary>
    public static IReadOnlyList<HistoryRow> After(IReadOnlyList<HistoryRow> inPlace, string version)
    {
        var everything = version == "0";
        var wanted = inPlace.LastOrDefault(row => row.Kind == MigrationKind.Planned ? row.Id == version : MigrationVersion.TryParse(version, out var asked) && asked.Equals(row.Version));
        if (wanted is null && !everything)
        {
            throw new LockkeeperException(
                MigrateErrors.UnknownVersion, $"version {version} is not applied here", "Give a version that 'lk migrate status' shows as applied, or 0 for all.");
        }

        var undone = inPlace.Where(row => CanBeUndone(row) && (everything || IsAfter(row, wanted!))).ToList();
        return undone.Count > 0 ? undone : throw Nothing();
    }

    private static bool CanBeUndone(HistoryRow row) => row is { Outcome: HistoryOutcome.Applied, Kind: not MigrationKind.Repeatable };

    private static bool IsAfter(HistoryRow row, HistoryRow wanted) =>
        row.Version is not null && wanted.Version is not null ? row.Version.CompareTo(wanted.Version) > 0 : row.Order > wanted.Order;

    /// <summary>The migration of a row, with its way back.</summary>
    /// <exception cref="LockkeeperException">The file is gone, was edited or has no down file.</exception>
    public static Migration MigrationOf(MigrationSeries series, HistoryRow row)
    {
        var migration = series.Migrations.FirstOrDefault(candidate => candidate.Key == row.Key)
            ?? throw new LockkeeperException(MigrateErrors.MissingMigration, $"{row.File} was applied and is not in the folder, so there is no way back from it", "Check out the release that it came with.");
        if (migration.Down is null)
        {
            throw new LockkeeperException(
                MigrateErrors.NoWayBack, $"{migration.Up.File} has no down file", "Write the down file, or go forward with a new migration.", migration.Up.At);
        }

        if (row.Sha256.Length > 0 && row.Sha256 != migration.Up.Sha256)
            throw new LockkeeperException(MigrateErrors.EditedMigration, $"{migration.Up.File} was changed after it was applied, so its down file may not fit", "Check out the release that was applied.", migration.Up.At);
        // The history's own spelling of the id is the row that must be changed.
        return migration with { Id = row.Id };
    }

    private static LockkeeperException Nothing() => new(MigrateErrors.NothingToDo, "nothing is applied that could be rolled back", "Look at 'lk migrate status'.");
}
