using Lockkeeper.Kernel.Doctor;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate;

/// <summary>Whether every target of the project answers and takes changes.</summary>
internal static class TargetsCheck
{
    public static DoctorCheck Of(TargetChoice targets) => new("targets", "migrate", (workspace, cancel) => LookAsync(targets, workspace, cancel));

    private static async Task<DoctorAnswer> LookAsync(TargetChoice targets, Workspace workspace, CancellationToken cancel)
    {
        try
        {
            var pairs = workspace.Config.Environments.SelectMany(environment => workspace.Config.Databases
                .Where(database => environment.Targets.ContainsKey(database.Name)).Select(database => (environment, database))).ToList();
            var problems = (await Task.WhenAll(pairs.Select(async pair =>
            {
                try
                {
                    await using var chosen = await targets.OpenAsync(workspace, pair.environment, pair.database, cancel);
                    var state = await chosen.Target.ReadStateAsync(pair.database.Name, cancel);
                    return state.ReadOnlyReason is { } reason ? $"{pair.database.Name} on {pair.environment.Name} takes no changes: {reason}" : null;
                }
                catch (LockkeeperException e)
                {
                    return $"{pair.database.Name} on {pair.environment.Name}: {e.Message}";
                }
            }))).OfType<string>().ToList();
            return problems.Count == 0
                ? new DoctorAnswer(Health.Good, $"{pairs.Count} targets answer")
                : new DoctorAnswer(Health.Missing, string.Join("; ", problems), "Correct the targets in lockkeeper.yaml, or start the servers.");
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ConfigMissing)
        {
            return new DoctorAnswer(Health.Good, "no project here, so no targets");
        }
    }
}
