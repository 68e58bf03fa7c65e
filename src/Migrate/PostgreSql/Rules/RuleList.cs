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
        new AddingForeignKeyConstraint(),
        new AddingNotNullableField(),

        // What a running application still uses.
        new BanDropColumn(),

        // Types.
        new PreferTimestamptz(),
    ];
}
