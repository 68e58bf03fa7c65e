using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>Asks two shadow databases, one as the target is and one after the migrations, about the same statements.</summary>
/// <param name="cluster">The shadow's server.</param>
/// <param name="target">The target; null for none.</param>
/// <param name="create">Makes a database that stands before the migrations, its tables empty.</param>
internal sealed class QueryTrial(SandboxCluster cluster, PostgreSqlServer? target, Func<CancellationToken, Task<ProofDatabase>> create)
{
    private readonly List<string> notChecked = [];

    /// <summary>Asks.</summary>
    /// <param name="fresh">The statements of a new version of the application; null for none.</param>
    /// <param name="migrations">The migrations, all of which run on the shadow.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<QueriesProof> RunAsync(IReadOnlyList<AskedQuery>? fresh, IReadOnlyList<PreparedMigration> migrations, CancellationToken cancel)
    {
        var seen = await SeenAsync(cancel);
        var all = seen.Concat(fresh ?? []).ToList();
        if (all.Count == 0)
            return new QueriesProof { Old = [], New = fresh is null ? null : [], ComparesPlans = false, NotChecked = notChecked };
        await using var before = await create(cancel);
        await using var after = await create(cancel);
        foreach (var migration in migrations)
        {
            if (await after.RunAsync(migration, undo: false, null, cancel) is not { } error)
                continue;
            notChecked.Add($"{migration.Migration.Title} does not run on empty tables ({error.Message}): what becomes of the application's statements is not known");
            return new QueriesProof { Old = [], New = null, ComparesPlans = false, NotChecked = notChecked };
        }

        var (tried, comparesPlans) = await CompareAsync(all, before, after, cancel);
        tried = await BlameAsync(tried, migrations, cancel);
        var old = tried.Take(seen.Count).ToList();
        if (old.Count(query => query.Before.Error is not null) is > 0 and var failing)
            notChecked.Add($"{failing} of the target's statements do not work on the shadow before the migrations either (for example: {old.First(query => query.Before.Error is not null).Before.Error}): whether they would fail is not known");
        return new QueriesProof
        {
            Old = [.. old.Where(query => query.Before.Error is null)], New = fresh is null ? null : [.. tried.Skip(seen.Count)], ComparesPlans = comparesPlans, NotChecked = notChecked,
        };
    }

    private async Task<IReadOnlyList<AskedQuery>> SeenAsync(CancellationToken cancel)
    {
        if (target is null)
            return [];
        await using var connection = await target.OpenAsync(cancel);
        return await new TargetStatements(notChecked).ReadAsync(connection, cancel);
    }

    private async Task<(IReadOnlyList<TriedQuery> Tried, bool ComparesPlans)> CompareAsync(IReadOnlyList<AskedQuery> queries, ProofDatabase before, ProofDatabase after, CancellationToken cancel)
    {
        var (first, usedBefore) = await AskAsync(before.Server, queries, [], name => name, cancel);
        var (second, usedAfter) = await AskAsync(after.Server, queries, [], name => name, cancel);
        if (target is null)
        {
            // On tables without rows any plan is as good as another.
            return (Pairs(queries, first.Select(answer => answer with { Plan = null }), second.Select(answer => answer with { Plan = null })), false);
        }

        IReadOnlyCollection<uint> used = [.. usedBefore.Union(usedAfter)];
        var (old, now) = (await ShadowCatalog.ReadAsync(before.Server, used, cancel), await ShadowCatalog.ReadAsync(after.Server, used, cancel));
        var facts = await ReadAsync(target, [.. old.Relations.Values.Select(relation => relation.Key)], cancel);
        var copy = new PlannerCopy(cluster, facts, old);
        try
        {
            if (await copy.WriteAsync(before.Server, old, cancel) + await copy.WriteAsync(after.Server, now, cancel) is > 0 and var failed)
                notChecked.Add($"the statistics of {failed} columns could not be copied: plans that use them were compared without");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notChecked.Add($"the shadow's tables cannot be made to look as large as the target's ({e.Message}): plans were not compared");
            return (Pairs(queries, first.Select(answer => answer with { Plan = null }), second.Select(answer => answer with { Plan = null })), false);
        }

        var renamed = now.Relations.Where(relation => old.Relations.GetValueOrDefault(relation.Key) is { } was && was.Key.Name != relation.Value.Key.Name)
            .GroupBy(relation => relation.Value.Key.Name).ToDictionary(group => group.Key, group => old.Relations[group.First().Key].Key.Name);
        (first, _) = await AskAsync(before.Server, queries, facts.Settings, name => name, cancel);
        (second, _) = await AskAsync(after.Server, queries, facts.Settings, name => renamed.GetValueOrDefault(name, name), cancel);
        return (Pairs(queries, first, second), true);
    }

    private static IReadOnlyList<TriedQuery> Pairs(IReadOnlyList<AskedQuery> queries, IEnumerable<QueryAnswer> before, IEnumerable<QueryAnswer> after) =>
        [.. queries.Zip(before, after).Select(three => new TriedQuery(three.First, three.Second, three.Third))];

    private async Task<PlannerFacts> ReadAsync(PostgreSqlServer from, IReadOnlyCollection<RelationKey> relations, CancellationToken cancel)
    {
        await using var connection = await from.OpenAsync(cancel);
        return await new PlannerReading(connection, notChecked).ReadAsync(relations, cancel);
    }

    private static async Task<(List<QueryAnswer> Answers, HashSet<uint> Relations)> AskAsync(
        PostgreSqlServer shadow, IReadOnlyList<AskedQuery> queries, IReadOnlyList<(string, string)> settings, Func<string, string> oldName, CancellationToken cancel)
    {
        await using var session = await QuerySession.OpenAsync(shadow, settings, cancel);
        var plans = new PlanReader(oldName);
        var answers = new List<QueryAnswer>();
        foreach (var query in queries)
            answers.Add(await session.AskAsync(query, plans, cancel));
        return (answers, session.Relations);
    }

    /// <summary>Names for each statement that the migrations change the first one that does; plans, which need the target's sizes, are left to the whole release when it has several.</summary>
    private async Task<IReadOnlyList<TriedQuery>> BlameAsync(IReadOnlyList<TriedQuery> tried, IReadOnlyList<PreparedMigration> migrations, CancellationToken cancel)
    {
        if (migrations.Count == 1)
            return [.. tried.Select(query => query with { Since = migrations[0] })];
        var suspects = tried.Where(query => query.Breaks || query.ChangesParameters || query.ChangesResult).ToHashSet();
        if (suspects.Count == 0)
            return tried;
        await using var database = await create(cancel);
        var blamed = new Dictionary<AskedQuery, PreparedMigration>(ReferenceEqualityComparer.Instance);
        foreach (var migration in migrations)
        {
            await database.RunAsync(migration, undo: false, null, cancel);
            var open = suspects.Where(query => !blamed.ContainsKey(query.Query)).ToList();
            if (open.Count == 0)
                break;
            var (answers, _) = await AskAsync(database.Server, [.. open.Select(query => query.Query)], [], name => name, cancel);
            foreach (var (query, answer) in open.Zip(answers))
            {
                if (answer.Error is not null || (!query.Breaks && (!answer.Parameters.SequenceEqual(query.Before.Parameters) || !answer.Columns.SequenceEqual(query.Before.Columns))))
                    blamed[query.Query] = migration;
            }
        }

        return [.. tried.Select(query => blamed.TryGetValue(query.Query, out var migration) ? query with { Since = migration } : query)];
    }
}
