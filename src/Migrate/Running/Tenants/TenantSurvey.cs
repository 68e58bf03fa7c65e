using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>Tenants in the same state: the same would run in each of them.</summary>
/// <param name="State">What each of them knows; times and names of people are those of the first.</param>
/// <param name="Tenants">The tenants.</param>
internal sealed record TenantGroup(TargetState State, IReadOnlyList<Tenant> Tenants);

/// <summary>How the tenants were found.</summary>
/// <param name="Groups">Tenants in the same state together.</param>
/// <param name="Lost">Tenants whose state could not be read.</param>
internal sealed record TenantSurvey(IReadOnlyList<TenantGroup> Groups, IReadOnlyList<(Tenant Tenant, LockkeeperException Error)> Lost)
{
    /// <summary>Looks at all tenants; changes nothing.</summary>
    /// <param name="set">The tenants.</param>
    /// <param name="parallel">How many databases at a time.</param>
    /// <param name="cancel">Stops looking.</param>
    public static Task<TenantSurvey> OfAsync(TenantSet set, int parallel, CancellationToken cancel) =>
        set.Schemas is { } server ? OfSchemasAsync(set, server, cancel) : OfDatabasesAsync(set, parallel, cancel);

    private static async Task<TenantSurvey> OfSchemasAsync(TenantSet set, ITenantServer server, CancellationToken cancel)
    {
        var byName = set.Tenants.ToDictionary(tenant => tenant.Schema, StringComparer.Ordinal);
        var groups = await server.ReadSchemasAsync(set.Database.Name, [.. set.Tenants.Select(tenant => tenant.Schema)], cancel);
        return new TenantSurvey(
            [.. groups.Where(group => group.Exist).Select(group => new TenantGroup(group.State, [.. group.Schemas.Select(schema => byName[schema])]))],
            [.. groups.Where(group => !group.Exist).SelectMany(group => group.Schemas).Select(schema => (byName[schema], Missing(schema, server.Name, byName[schema].At)))]);
    }

    private static LockkeeperException Missing(string schema, string server, SourcePosition? at) => new(
        MigrateErrors.TenantMissing, $"{server} has no schema '{schema}'", "Create it, or take it out of the list of tenants.", at);

    /// <summary>One state of each kind is kept, whatever the number of databases.</summary>
    private static async Task<TenantSurvey> OfDatabasesAsync(TenantSet set, int parallel, CancellationToken cancel)
    {
        var groups = new ConcurrentDictionary<string, (TargetState State, ConcurrentBag<int> Tenants)>(StringComparer.Ordinal);
        var lost = new ConcurrentBag<(int, LockkeeperException)>();
        await using var lane = set.OpenLane();
        await Parallel.ForAsync(0, set.Tenants.Count, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel }, async (index, stop) =>
        {
            try
            {
                await using var target = lane.Target(set.Tenants[index]);
                var state = await target.ReadStateAsync(set.Database.Name, stop);
                groups.GetOrAdd(Digest(state), _ => (state, [])).Tenants.Add(index);
            }
            catch (LockkeeperException e)
            {
                lost.Add((index, e));
            }
        });
        return new TenantSurvey(
            [.. groups.Values.Select(group => (group.State, Order: group.Tenants.Order().ToList())).OrderBy(group => group.Order[0])
                .Select(group => new TenantGroup(group.State, [.. group.Order.Select(index => set.Tenants[index])]))],
            [.. lost.OrderBy(pair => pair.Item1).Select(pair => (set.Tenants[pair.Item1], pair.Item2))]);
    }

    /// <summary>Everything that makes a difference to what would run.</summary>
    private static string Digest(TargetState state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in state.Rows)
            Append($"{row.Kind}\u001f{row.Id}\u001f{row.File}\u001f{row.Sha256}\u001f{row.Outcome}\n");
        foreach (var interrupted in state.Interrupted)
            Append($"{interrupted.Id}\u001f{interrupted.Done}\u001f{interrupted.InFlight}\u001f{interrupted.IsUndo}\n");
        Append($"{state.Server}\u001f{state.IsPooled}\u001f{state.ReadOnlyReason}\u001f{state.HasStore}\u001f{state.Release?.Artifact}\u001f{state.Release?.Outcome}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
    }
}
