using Lockkeeper.Migrate.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>What is known of a PostgreSQL target.</summary>
/// <param name="Schema">Its tables, indexes and types with their sizes.</param>
/// <param name="ServerVersion">Its version as in server_version_num: 150020.</param>
/// <param name="NotChecked">What could not be found out.</param>
internal sealed record CatalogFacts(KnownSchema Schema, int ServerVersion, IReadOnlyList<string> NotChecked) : ITargetFacts
{
    /// <summary>A table below this is read and written through in a few milliseconds: 10 MB is 1,280 pages of 8 kB, about 10 ms on any disk of this decade.</summary>
    public const long SmallTableBytes = 10 * 1024 * 1024;

    private IReadOnlyList<QueryNames>? names;

    /// <summary>The statements that the target's applications send, most called first; empty when they are not known.</summary>
    public IReadOnlyList<KnownQuery> Queries { get; init; } = [];

    /// <summary>What those name; the ones that the grammar does not take are left out.</summary>
    public IReadOnlyList<QueryNames> Names => LazyInitializer.EnsureInitialized(ref names, () => [.. Queries.Select(QueryNames.Of).OfType<QueryNames>()]);
}

/// <summary>A statement that an application sends.</summary>
/// <param name="Text">Its text with the constants replaced by parameters, as pg_stat_statements keeps it.</param>
/// <param name="Calls">How often it was called since the statistics were reset.</param>
internal sealed record KnownQuery(string Text, long Calls);
