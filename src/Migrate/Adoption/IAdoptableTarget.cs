using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>A target as adopting another tool's history needs it: the duty's port to an engine.</summary>
internal interface IAdoptableTarget
{
    /// <summary>The history tables of other tools that the catalog shows on the search path and in the tools' own schemas.</summary>
    /// <param name="table">A table to look at instead, as SQL names it: it is known by its columns.</param>
    /// <param name="cancel">Stops looking.</param>
    Task<IReadOnlyList<FoundHistory>> FindAsync(string? table, CancellationToken cancel);

    /// <summary>The rows of a history that was found.</summary>
    Task<IReadOnlyList<ForeignRow>> ReadAsync(FoundHistory found, CancellationToken cancel);

    /// <summary>The lock that the tool of a history holds now; null when there is none.</summary>
    Task<ForeignLock?> LockAsync(FoundHistory found, CancellationToken cancel);

    /// <summary>A schema without what belongs to the tools.</summary>
    SchemaState Without(SchemaState schema, IReadOnlyList<FoundHistory> found);

    /// <summary>Runs migrations on an empty database of the same kind and version, made for the purpose and thrown away.</summary>
    Task<Replay> ReplayAsync(IReadOnlyList<PreparedMigration> migrations, Workspace workspace, CancellationToken cancel);

    /// <summary>Writes an adoption, all of it or nothing.</summary>
    Task WriteAsync(AdoptionWrite write, RunStamp stamp, ITargetLease lease, CancellationToken cancel);

    /// <summary>Records that the adopted tool's table is not kept up to date any more.</summary>
    Task LeaveAsync(RunStamp stamp, ITargetLease lease, CancellationToken cancel);

    /// <summary>Writes rows for what the adopted tool applied on its own, all of them or none.</summary>
    Task TakeOverAsync(IReadOnlyList<HistoryRow> rows, RunStamp stamp, ITargetLease lease, CancellationToken cancel);
}

/// <summary>How running the files on an empty database ended.</summary>
/// <param name="Server">Which server it was, for example <c>PostgreSQL 15.18</c>.</param>
/// <param name="Schema">The schema that they made; null when one failed.</param>
/// <param name="Error">Why it failed, or null.</param>
internal sealed record Replay(string Server, SchemaState? Schema, LockkeeperException? Error);

/// <summary>What an adoption writes.</summary>
/// <param name="Adoption">The record.</param>
/// <param name="Rows">Rows of Lockkeeper's history.</param>
/// <param name="Behind">Migrations that the tool's table has to hear of, since Lockkeeper applied them while it was not kept up to date.</param>
/// <param name="Schema">The schema as it is, for drift.</param>
internal sealed record AdoptionWrite(AdoptionRecord Adoption, IReadOnlyList<HistoryRow> Rows, IReadOnlyList<ForeignMirror> Behind, SchemaState Schema);
