using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.Running;

/// <summary>Lets a plan through or refuses it, before anything is changed: losses, the window and the approvals of the cluster's environment.</summary>
internal sealed class ProvisionAdmission(ClusterConfig cluster, Workspace workspace)
{
    private const int MostShown = 30;

    private readonly EnvironmentConfig? config = cluster.Environment is { } name ? workspace.Config.Environments.Single(one => one.Name == name.Value) : null;

    private EnvironmentAdmission? Environment => config is null ? null : new EnvironmentAdmission(config, cluster.Name, workspace);

    /// <summary>Why the plan would be refused now; null when it would not.</summary>
    public async Task<LockkeeperException?> RefusalAsync(Plan plan, Comparison comparison, bool yes, CancellationToken cancel)
    {
        var refusal = Losses(comparison, yes || config?.Approvals is not null) ?? Environment?.Window();
        return refusal ?? (Environment is { } environment ? await environment.NotApprovedAsync(plan, cancel) : null);
    }

    /// <summary>Passes when the plan may run.</summary>
    /// <returns>The run id of the approval, or a new one.</returns>
    public async Task<string> AdmitAsync(Plan plan, Comparison comparison, bool yes, CancellationToken cancel)
    {
        if ((Losses(comparison, yes || config?.Approvals is not null) ?? Environment?.Window()) is { } refusal)
            throw refusal;
        return config?.Approvals is { } approvals ? await Environment!.ApprovedRunAsync(plan, approvals, cluster.Name, cancel) : RunId.New(workspace.Clock);
    }

    /// <summary>The refusal of losses that came up in a later pass and that nobody has agreed to; null for none.</summary>
    public LockkeeperException? NewLosses(Comparison before, Comparison now, bool yes)
    {
        var known = before.Corrected.SelectMany(one => one.Losses).ToHashSet(StringComparer.Ordinal);
        return yes || now.Corrected.SelectMany(one => one.Losses).All(known.Contains) ? null : Losses(now, yes: false);
    }

    private static LockkeeperException? Losses(Comparison comparison, bool yes)
    {
        var losses = comparison.Corrected.SelectMany(difference => difference.Losses).ToList();
        if (losses.Count == 0 || yes)
            return null;
        return new LockkeeperException(KernelErrors.NeedsConfirmation, $"the run takes something away in {losses.Count} {(losses.Count == 1 ? "place" : "places")}", "Run it with --yes when that is what you want.")
        {
            Facts = [.. losses.Take(MostShown).Select(loss => new ErrorFact("LOST", loss)), .. losses.Count > MostShown ? [new ErrorFact("LOST", $"… and {losses.Count - MostShown} more")] : Array.Empty<ErrorFact>()],
        };
    }
}
