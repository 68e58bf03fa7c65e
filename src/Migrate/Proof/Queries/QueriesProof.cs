namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>What the migrations do to the statements of applications.</summary>
internal sealed record QueriesProof
{
    /// <summary>The statements that the target has seen and that could be asked about, by calls.</summary>
    public required IReadOnlyList<TriedQuery> Old { get; init; }

    /// <summary>The statements of the given file; null when there is none.</summary>
    public required IReadOnlyList<TriedQuery>? New { get; init; }

    /// <summary>Whether plans were compared with the target's sizes.</summary>
    public required bool ComparesPlans { get; init; }

    /// <summary>What was not checked, one sentence each.</summary>
    public required IReadOnlyList<string> NotChecked { get; init; }

    /// <summary>In which order the migrations and the application with the new statements may go out; null without new statements.</summary>
    public DeployOrder? Order => New is not { Count: > 0 } fresh ? null : (MigrationsMayGoFirst(fresh), fresh.All(query => query.Before.Error is null)) switch
    {
        (true, true) => DeployOrder.Any,
        (true, false) => DeployOrder.MigrationsFirst,
        (false, true) => DeployOrder.ApplicationFirst,
        _ => DeployOrder.None,
    };

    private bool MigrationsMayGoFirst(IReadOnlyList<TriedQuery> fresh)
    {
        // A statement that the new version does not send any more may break only after the old one is gone.
        return !Old.Any(query => query.Breaks) && fresh.All(query => query.After.Error is null);
    }
}

/// <summary>In which order a release's migrations and its application may go out.</summary>
internal enum DeployOrder
{
    /// <summary>Either first: old and new statements work on both schemas.</summary>
    Any,

    /// <summary>The new statements need the new schema, and the old ones work on it.</summary>
    MigrationsFirst,

    /// <summary>Old statements break on the new schema, and the new ones work on the old.</summary>
    ApplicationFirst,

    /// <summary>Whatever goes first, statements fail until the other follows.</summary>
    None,
}
