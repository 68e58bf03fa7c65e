using System.Collections.Concurrent;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>Finds the tenants in which another tool has applied the same files, before they are applied a second time.</summary>
/// <param name="set">The tenants.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="release">The files.</param>
/// <param name="parallel">How many databases at a time.</param>
internal sealed class TenantGuard(TenantSet set, Workspace workspace, ParsedRelease release, int parallel)
{
    /// <summary>Tenants in the same state, those that another tool has migrated taken apart. Asked only of those without a history of ours, which run for the first time.</summary>
    public async Task<IEnumerable<GroupPlan>> SplitAsync(GroupPlan group, CancellationToken cancel)
    {
        if (group.IsDone || group.Draft is not { } draft || draft.State.Rows.Count > 0)
            return [group];
        var found = new ConcurrentDictionary<Tenant, LockkeeperException>();
        var suspects = await SuspectsAsync(group.Tenants, cancel);
        var next = new ConcurrentQueue<Tenant>(suspects);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(parallel, suspects.Count)).Select(_ => LookAsync()));
        return found.IsEmpty ? [group] :
        [
            .. group.Tenants.Any(tenant => !found.ContainsKey(tenant)) ? [group with { Tenants = [.. group.Tenants.Where(tenant => !found.ContainsKey(tenant))] }] : Array.Empty<GroupPlan>(),
            .. group.Tenants.Where(found.ContainsKey).Select(tenant => new GroupPlan([tenant], null, found[tenant], IsDone: false)),
        ];

        async Task LookAsync()
        {
            await using var lane = set.OpenLane();
            while (next.TryDequeue(out var tenant))
            {
                await using var chosen = new ChosenTarget(set.Environment, set.Database, lane.Target(tenant)) { Tenant = tenant, Release = release };
                if (await new Admission(chosen, workspace).NotAdoptedAsync(draft, cancel) is { } refusal)
                    found[tenant] = refusal;
            }
        }
    }

    /// <summary>One query tells of all schemas; each database is asked by itself.</summary>
    private async Task<IReadOnlyList<Tenant>> SuspectsAsync(IReadOnlyList<Tenant> tenants, CancellationToken cancel)
    {
        if (set.Schemas is not { } server)
            return tenants;
        var named = (await server.WithForeignTablesAsync([.. tenants.Select(tenant => tenant.Schema)], cancel)).ToHashSet(StringComparer.Ordinal);
        return [.. tenants.Where(tenant => named.Contains(tenant.Schema))];
    }
}
