using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>Changes of the history that run no migration: repair and baseline. Pure: what to write, and how to say it.</summary>
internal static class HistoryEdits
{
    /// <summary>Edited files become the applied ones; rows without a file go, or lose their hash where an adopted tool's table still has them.</summary>
    public static IReadOnlyList<(HistoryEdit Edit, string Words)> Repair(HistoryComparison comparison, AdoptedHistory? adopted) =>
    [
        .. comparison.Edited.Select(pair => (
            new HistoryEdit(pair.Row.Id, pair.Row with { Sha256 = pair.Migration.Up.Sha256, File = pair.Migration.Up.File, Name = pair.Migration.Name }) { Renewed = pair.Migration },
            $"{pair.Row.Id}: {pair.Migration.Up.File} as it is now counts as what was applied (sha256 {pair.Row.Sha256[..12]} → {pair.Migration.Up.Sha256[..12]}){(adopted is { Adoption.IsKept: true } ? $", in the table of {adopted.Adoption.Words} too" : "")}")),
        .. comparison.Missing.Select(row => adopted is { Adoption: { IsKept: true } adoption }
            ? (new HistoryEdit(row.Id, row with { Sha256 = "" }), $"{row.Id}: its row stays without a file, as the table of {adoption.Words} has it")
            : (new HistoryEdit(row.Id, null), $"{row.Id}: its row is removed, since {row.File} is gone; what it did stays in the schema")),
    ];

    /// <summary>Everything up to a version counts as applied.</summary>
    /// <exception cref="LockkeeperException">The target has a history, or the version is not in the folder.</exception>
    public static IReadOnlyList<(HistoryEdit Edit, string Words)> Baseline(MigrationSeries series, TargetState state, string version, Workspace workspace)
    {
        if (state.Rows.Any(row => row.InPlace))
            throw new LockkeeperException(MigrateErrors.AlreadyApplied, $"the target has {state.Rows.Count(row => row.InPlace)} applied migrations already", "A baseline is for a database that Lockkeeper has not migrated yet.");
        var wanted = series.Migrations.FirstOrDefault(migration => migration.Kind switch
            {
                // A baseline file stands for its version in a target that has come there otherwise, too.
                MigrationKind.Versioned or MigrationKind.Baseline => MigrationVersion.TryParse(version, out var asked) && asked.Equals(migration.Version),
                MigrationKind.Planned => migration.Id == version,
                _ => false,
            })
            ?? throw new LockkeeperException(MigrateErrors.UnknownVersion, $"there is no migration with version {version}", "Give the version of the last migration whose effect is in the database already.");
        return [.. series.Migrations.TakeWhile(migration => !ReferenceEquals(migration, wanted)).Append(wanted)
            .Where(migration => migration.Kind is MigrationKind.Versioned or MigrationKind.Planned || ReferenceEquals(migration, wanted))
            .Select(migration => (new HistoryEdit(migration.Id, Row(migration, workspace)), $"{migration.Title} counts as applied"))];
    }

    private static HistoryRow Row(Migration migration, Workspace workspace) => new(
        0, migration.Id, migration.Kind, migration.Name, migration.Up.File, migration.Up.Sha256, "", "", workspace.Actor, workspace.Clock.GetUtcNow(), default, HistoryOutcome.Baseline);
}
