using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.PostgreSql.Fixes;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate;

/// <summary>The verbs of the Migrate duty.</summary>
public static class MigrateVerbs
{
    private static readonly TargetChoice Targets = new([new PostgreSqlTargetFactory()]);

    private static readonly IReadOnlyList<ILinter> Linters = [new PostgreSqlLinter()];

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        Verbs.InitCi.Verb,
        Verbs.New.Declare(),
        Verbs.Expand.Declare(Targets),
        Verbs.Lint.Declare(Linters, Targets),
        Verbs.FixVerb.Declare(Linters, [new PostgreSqlFixer()], Targets),
        Verbs.Status.Declare(Targets),
        Verbs.Prove.Declare(Targets),
        Verbs.ForecastError.Declare(),
        Verbs.Plan.Declare(Targets),
        Verbs.Apply.Declare(Targets),
        Verbs.BackfillVerb.Declare(Targets),
        Verbs.Promote.Declare(Targets),
        Verbs.Rollback.Declare(Targets),
        Verbs.Resume.Declare(Targets),
        Verbs.Verify.Declare(Targets),
        Verbs.Repair.Declare(Targets),
        Verbs.Baseline.Declare(Targets),
        Verbs.Adopt.Declare(Targets),
        Verbs.Squash.Declare(Targets),
    ];
}
