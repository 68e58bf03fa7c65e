using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>Holds the dependencies of a plan on its own changes against its order. What it wants of other projects is seen when a target is there.</summary>
internal static class SqitchPlanCheck
{
    /// <exception cref="LockkeeperException">A change comes before one that it requires, or after one that it conflicts with.</exception>
    public static void RequireOrder(SqitchPlan plan)
    {
        var errors = new List<LockkeeperException>();
        for (var i = 0; i < plan.Changes.Count; i++)
        {
            foreach (var dependency in plan.Changes[i].Dependencies.Where(dependency => dependency.Project is null))
            {
                var at = dependency.IndexIn(plan.Changes);
                if (Error(plan.Changes[i].Key, i, dependency, at) is { } error)
                    errors.Add(error);
            }
        }

        if (errors.Count > 0)
            throw new LockkeeperException(errors[0].Code, errors[0].Message, errors[0].Hint, errors[0].At) { Others = [.. errors.Skip(1)] };
    }

    private static LockkeeperException? Error(string change, int position, SqitchDependency dependency, int at) => (dependency.Conflicts, at) switch
    {
        // A change_id alone may be one of another project.
        (_, < 0) when dependency.ChangeId is not null => null,
        (_, < 0) => new LockkeeperException(
            MigrateErrors.UnmetDependency, $"{change} {(dependency.Conflicts ? "conflicts with" : "requires")} {dependency.Words}, which is not in the plan", "Correct the name, or add the change before this one.", dependency.At),
        (false, _) when at == position => new LockkeeperException(MigrateErrors.UnmetDependency, $"{change} requires itself", "Remove the dependency.", dependency.At),
        (false, _) when at > position => new LockkeeperException(
            MigrateErrors.UnmetDependency, $"{change} requires {dependency.Words}, which comes after it", $"Move {change} down behind it.", dependency.At),
        (true, _) when at < position => new LockkeeperException(
            MigrateErrors.UnmetDependency, $"{change} conflicts with {dependency.Words}, which comes before it", "Both cannot be in place: take one of them out of the plan.", dependency.At),
        _ => null,
    };
}
