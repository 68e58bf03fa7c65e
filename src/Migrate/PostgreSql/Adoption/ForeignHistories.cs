namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>The tools whose histories can be adopted.</summary>
internal static class ForeignHistories
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<IForeignHistory> All { get; } = [new DbmateHistory(), new FlywayHistory(), new GolangMigrateHistory(), new GooseHistory()];
}
