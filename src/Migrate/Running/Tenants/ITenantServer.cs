using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>A server that tenants live on: the duty's port to an engine.</summary>
internal interface ITenantServer : IAsyncDisposable
{
    /// <summary>Where it is, fit for messages.</summary>
    string Name { get; }

    /// <summary>Runs a query that changes nothing; the first column of each row.</summary>
    Task<IReadOnlyList<string?>> QueryAsync(string query, CancellationToken cancel);

    /// <summary>The URL of another database on the same server.</summary>
    string UrlOf(string database);

    /// <summary>What the database knows about a series in many of its schemas, in a handful of queries: the schemas that are in the same state together.</summary>
    Task<IReadOnlyList<SchemaGroup>> ReadSchemasAsync(string series, IReadOnlyList<string> schemas, CancellationToken cancel);

    /// <summary>The schemas in which there is a table that bears the name of a migration tool's history.</summary>
    Task<IReadOnlyList<string>> WithForeignTablesAsync(IReadOnlyList<string> schemas, CancellationToken cancel);

    /// <summary>How far each schema got with a release; null where nothing is recorded.</summary>
    Task<IReadOnlyList<(string Schema, ReleaseOutcome? Outcome)>> ReadReleasesAsync(string series, string artifact, IReadOnlyList<string> schemas, CancellationToken cancel);

    /// <summary>Makes the tables of the history, and what the leases of the schemas need.</summary>
    Task PrepareAsync(IReadOnlyList<string> schemas, CancellationToken cancel);

    /// <summary>A lane: its connections go from one schema to the next, one at a time.</summary>
    ITenantLane OpenLane();
}

/// <summary>Connections that work for one schema after the other.</summary>
internal interface ITenantLane : IAsyncDisposable
{
    /// <summary>A schema as a target; the one before is not used any more.</summary>
    IMigrationTarget Target(string schema);
}

/// <summary>Schemas whose histories are the same.</summary>
/// <param name="State">What each of them knows; times and names of people are those of the first.</param>
/// <param name="Exist">Whether the schemas are there.</param>
/// <param name="Schemas">Their names, in the order that was asked for.</param>
internal sealed record SchemaGroup(TargetState State, bool Exist, IReadOnlyList<string> Schemas);
