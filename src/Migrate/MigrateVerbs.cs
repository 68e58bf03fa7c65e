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
    private static readonly IReadOnlyList<ILinter> Linters = [new PostgreSqlLinter()];

    /// <summary>All of them, in the order of the help.</summary>
    /// <param name="restorePoints">Makes restore points before dangerous steps.</param>
    /// <param name="deployWatch">Takes notice of what statements cost around a deploy.</param>
    public static IReadOnlyList<Verb> Declare(IRestorePoints restorePoints, IDeployWatch deployWatch)
    {
        var targets = new TargetChoice([new PostgreSqlTargetFactory()], restorePoints, deployWatch);
        return
        [
            Verbs.InitCi.Verb,
            Verbs.New.Declare(),
            Verbs.Expand.Declare(targets),
            Verbs.Lint.Declare(Linters, targets),
            Verbs.FixVerb.Declare(Linters, [new PostgreSqlFixer()], targets),
            Verbs.Status.Declare(targets),
            Verbs.Show.Declare(),
            Verbs.Prove.Declare(targets),
            Verbs.ForecastError.Declare(),
            Verbs.Plan.Declare(targets),
            Verbs.Apply.Declare(targets),
            Verbs.BackfillVerb.Declare(targets),
            Verbs.Promote.Declare(targets),
            Verbs.Rollback.Declare(targets),
            Verbs.Resume.Declare(targets),
            Verbs.Verify.Declare(targets),
            Verbs.Repair.Declare(targets),
            Verbs.Baseline.Declare(targets),
            Verbs.Adopt.Declare(targets),
            Verbs.Squash.Declare(targets),
        ];
    }
}
