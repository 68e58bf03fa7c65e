using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Proof;

/// <summary>A server on this machine where migrations are tried before they meet a target: the duty's port to an engine. What it leaves is files for the next proof.</summary>
internal interface IProofGround : IAsyncDisposable
{
    /// <summary>What runs there, for example <c>PostgreSQL 15.18 on this machine</c>.</summary>
    string Server { get; }

    /// <summary>What cannot be said because the shadow is not as the target, one sentence each.</summary>
    IReadOnlyList<string> NotChecked { get; }

    /// <summary>Makes the target's schema the one that every database starts from; only reads there.</summary>
    /// <returns>False when its schema cannot be copied: <see cref="NotChecked"/> says why, and a replay has to do.</returns>
    Task<bool> CopyTargetAsync(CancellationToken cancel);

    /// <summary>Makes what migrations make the schema that every database starts from.</summary>
    /// <param name="key">The same for the same migrations: what was made for it before is taken.</param>
    /// <param name="replay">Runs them.</param>
    /// <param name="cancel">Gives up.</param>
    Task ReplayAsync(string key, Func<IMigrationTarget, CancellationToken, Task> replay, CancellationToken cancel);

    /// <summary>A new database with the schema to start from.</summary>
    /// <param name="withRows">Whether its tables hold a few rows that were made up.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IProofDatabase> CreateAsync(bool withRows, CancellationToken cancel);

    /// <summary>The target's sizes and traffic; only reads there.</summary>
    Task<TargetFacts> ReadFactsAsync(CancellationToken cancel);

    /// <summary>Asks which statements of applications the migrations break or have run in another way: those that the target has seen, and those of the file that the proof was given.</summary>
    /// <param name="migrations">Migrations that run on the schema to start from without an error.</param>
    /// <param name="cancel">Gives up.</param>
    Task<QueriesProof> TryQueriesAsync(IReadOnlyList<PreparedMigration> migrations, CancellationToken cancel);

    /// <summary>How fast this machine works; measured once a server.</summary>
    Task<WorkRates> MeasureAsync(CancellationToken cancel);
}

/// <summary>A database of a proof ground.</summary>
internal interface IProofDatabase : IAsyncDisposable
{
    /// <summary>Runs a script statement by statement and looks after each what it did.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="undo">Its way back instead of it.</param>
    /// <param name="first">How many statements; null for all.</param>
    /// <param name="cancel">Cancels the running statement.</param>
    Task<ScriptTrace> TraceAsync(PreparedMigration migration, bool undo, int? first, CancellationToken cancel);

    /// <summary>Runs a script without looking.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="undo">Its way back instead of it.</param>
    /// <param name="first">How many statements; null for all.</param>
    /// <param name="cancel">Cancels the running statement.</param>
    /// <returns>Why it failed; null when it did not.</returns>
    Task<Kernel.Errors.LockkeeperException?> RunAsync(PreparedMigration migration, bool undo, int? first, CancellationToken cancel);

    /// <summary>A hash of each table's rows, the same for the same rows in any order.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadRowsAsync(CancellationToken cancel);

    /// <summary>Each table as it is now: what two orders of the same migrations are compared by.</summary>
    Task<IReadOnlyDictionary<string, TableContent>> ReadTablesAsync(CancellationToken cancel);

    /// <summary>The schema as it is now.</summary>
    Task<SchemaState> ReadSchemaAsync(CancellationToken cancel);

    /// <summary>Makes the migrations of an expand and contract for the schema that is here; nothing stays of the attempts.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">It cannot be done.</exception>
    Task<Expand.PhasePlan> PlanExpandAsync(Expand.ExpandIntent intent, CancellationToken cancel);

    /// <summary>How a schema differs from an earlier one, one sentence each.</summary>
    IReadOnlyList<string> Differences(SchemaState expected, SchemaState actual);
}

/// <summary>What a proof starts from.</summary>
/// <param name="TargetUrl">The target; null to start from the migrations alone.</param>
/// <param name="Major">The server's major version; null for the target's, or the newest one here.</param>
/// <param name="KeepsServer">Whether the server's files stay for the next proof.</param>
/// <param name="Before">A script of what is there before the first migration, for a replay; null for none.</param>
internal sealed record ProofOrigin(string? TargetUrl, int? Major, bool KeepsServer, string? Before)
{
    /// <summary>A file of statements that a new version of the application sends; null for none.</summary>
    public string? Queries { get; init; }
}
