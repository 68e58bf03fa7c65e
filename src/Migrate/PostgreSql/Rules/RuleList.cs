using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>Every rule for PostgreSQL, in the order of the reference.</summary>
internal static class RuleList
{
    public static IReadOnlyList<IRule<LintedScript>> All { get; } =
    [
        // Locks that stop an application.
        new RequireConcurrentIndexCreation(),
        new RequireConcurrentIndexDeletion(),
        new RequireConcurrentReindex(),
        new BanConcurrentIndexCreationInTransaction(),
        new IndexOnPartitionedTable(),
        new RequireConcurrentPartitionDetach(),
        new BanVacuumFull(),
        new AddingPrimaryKey(),
        new DisallowedUniqueConstraint(),
        new AddingExclusionConstraint(),
        new AddingForeignKeyConstraint(),
        new AddingNotNullableField(),

        // What a running application still uses.
        new BanDropColumn(),
        new RenamingColumn(),
        new RenamingTable(),
        new RenamingSchema(),
        new BanDropView(),
        new BanDropDefault(),
        new BanDropNotNull(),

        // Data that is lost.
        new BanDropTable(),
        new BanDropSchema(),
        new BanDropDatabase(),
        new BanTruncate(),
        new BanTruncateCascade(),
        new DroppingForeignKey(),

        // Types.
        new PreferTimestamptz(),
    ];
}
