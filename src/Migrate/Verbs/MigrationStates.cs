using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>The state of each migration in one target, in a word.</summary>
internal static class MigrationStates
{
    /// <summary>By the migration's id.</summary>
    /// <param name="series">The series.</param>
    /// <param name="state">What the target knows.</param>
    /// <param name="comparison">The series held against it.</param>
    /// <param name="elsewhere">What an adopted tool applied on its own.</param>
    public static IReadOnlyDictionary<string, string> Of(MigrationSeries series, TargetState state, HistoryComparison comparison, IEnumerable<MigrationKey> elsewhere)
    {
        var byTool = elsewhere.ToHashSet();
        var pending = comparison.Pending.Select(migration => migration.Id).ToHashSet();
        var held = comparison.Held.Select(one => one.Migration.Id).ToHashSet();
        var edited = comparison.Edited.Select(pair => pair.Migration.Id).ToHashSet();
        var interrupted = state.Interrupted.Select(migration => migration.Id).ToHashSet();
        var baseline = state.Rows.Where(row => row.Outcome == HistoryOutcome.Baseline).Select(row => row.Id).ToHashSet();
        var applied = state.Rows.Where(row => row.InPlace).Select(row => row.Key).ToHashSet();
        return series.Migrations.ToDictionary(migration => migration.Id, migration =>
            interrupted.Contains(migration.Id) ? "interrupted"
            : pending.Contains(migration.Id) ? "pending"
            : held.Contains(migration.Id) ? "held"
            : edited.Contains(migration.Id) ? "edited"
            : migration.Disabled ? "disabled"
            : baseline.Contains(migration.Id) ? "baseline"
            : byTool.Contains(migration.Key) ? $"applied by {state.Adopted!.Adoption.Tool}"
            : applied.Contains(migration.Key) ? "applied" : "-");
    }
}
