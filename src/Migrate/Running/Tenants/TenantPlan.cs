using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What would run in tenants that are in the same state.</summary>
/// <param name="Tenants">The tenants.</param>
/// <param name="Draft">What would run; null when <paramref name="Error"/> says why not.</param>
/// <param name="Error">Why they would be refused.</param>
/// <param name="IsDone">Whether they have nothing to do.</param>
internal sealed record GroupPlan(IReadOnlyList<Tenant> Tenants, Draft? Draft, LockkeeperException? Error, bool IsDone);

/// <summary>What would run in all tenants of a database.</summary>
/// <param name="Groups">Group by group.</param>
/// <param name="Lost">Tenants whose state could not be read.</param>
internal sealed record TenantPlan(IReadOnlyList<GroupPlan> Groups, IReadOnlyList<(Tenant Tenant, LockkeeperException Error)> Lost)
{
    /// <summary>The tenants that have something to do, in no order.</summary>
    public IEnumerable<Tenant> Waiting => Groups.Where(group => !group.IsDone).SelectMany(group => group.Tenants);

    /// <summary>The tenants that have nothing to do.</summary>
    public IEnumerable<Tenant> Finished => Groups.Where(group => group.IsDone).SelectMany(group => group.Tenants);

    /// <summary>One draft for all: each different step once. An approval or confirmation is for this, however many tenants are left.</summary>
    public Draft? Together(string verb)
    {
        var drafts = Groups.Select(group => group.Draft).OfType<Draft>().ToList();
        if (drafts.Count == 0)
            return null;
        var order = drafts[0].Series.Migrations.Select((migration, index) => (migration.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index, StringComparer.Ordinal);
        var steps = drafts.SelectMany(draft => draft.Plan.Steps).DistinctBy(step => (step.Id, step.Script)).OrderBy(step => order.GetValueOrDefault(step.Id, int.MaxValue)).ToList();
        var plan = drafts[0].Plan;
        return drafts[0] with { Drift = [], Plan = new Plan($"{verb} {plan.Database} in the tenants of {plan.Environment}", plan.Environment, plan.Database, steps) };
    }
}
