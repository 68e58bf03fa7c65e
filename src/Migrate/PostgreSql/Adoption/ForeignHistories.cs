namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>The tools whose histories can be adopted.</summary>
internal static class ForeignHistories
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<IForeignHistory> All { get; } =
    [
        new AtlasHistory(), new DbmateHistory(), new DieselHistory(), new DrizzleHistory(), new EfCoreHistory(), new EvolveHistory(), new FlywayHistory(), new GolangMigrateHistory(),
        new GooseHistory(), new GrateHistory(), new LiquibaseHistory(), new PrismaHistory(), new SqitchHistory(), new SqlxHistory(), new SupabaseHistory(),
    ];
}
