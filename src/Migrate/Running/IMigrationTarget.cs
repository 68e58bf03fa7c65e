using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running.Contracts;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>A database that migrations run in: the duty's port to an engine.</summary>
internal interface IMigrationTarget : IAsyncDisposable
{
    /// <summary>Where it is, fit for messages.</summary>
    string Name { get; }

    /// <summary>What a gate or client program needs in its environment to connect; holds the password.</summary>
    IReadOnlyDictionary<string, string?> ClientVariables { get; }

    /// <summary>The histories of other tools in it.</summary>
    IAdoptableTarget Adoption { get; }

    /// <summary>What was seen of the locks of the migrations that ran.</summary>
    LockJournal Locks { get; }

    /// <summary>Reads what the target knows about a series; changes nothing.</summary>
    Task<TargetState> ReadStateAsync(string series, CancellationToken cancel);

    /// <summary>The values of the format's built-in placeholders, such as <c>flyway:database</c>.</summary>
    IReadOnlyDictionary<string, string> BuiltInPlaceholders { get; }

    /// <summary>The statements in it that run in batches.</summary>
    IBackfills Backfills { get; }

    /// <summary>What is to be said of the last steps in the ledger beside that they are done.</summary>
    RunNotes Notes { get; }

    /// <summary>Whether a statement that the parser does not know is left to the server: where it runs on a shadow first, the server's word counts.</summary>
    bool LeavesSyntaxToServer { get; set; }

    /// <summary>Splits, parses and checks a script; no connection is needed.</summary>
    /// <exception cref="LockkeeperException">The script is not valid or cannot run as it says.</exception>
    IPreparedScript Prepare(MigrationScript script, ScriptText text);

    /// <summary>What makes the history's tables in a target that has none, as a script for psql.</summary>
    string StoreScript { get; }

    /// <summary>The exact statements that applying a script would send, as a script for psql.</summary>
    string Render(PreparedMigration migration, bool undo, RunStamp stamp);

    /// <summary>Makes the tables of the history where they are missing.</summary>
    Task PrepareStoreAsync(CancellationToken cancel);

    /// <summary>Takes the target for this run; others wait.</summary>
    Task<ITargetLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel);

    /// <summary>The most migrations that <see cref="CountTogether"/> is asked about.</summary>
    public const int MostTogether = 32;

    /// <summary>How many of these, the first at least, may be sent in one go, each in a transaction of its own: small ones that need nothing in between.</summary>
    int CountTogether(IReadOnlyList<PreparedMigration> next);

    /// <summary>Applies and records several migrations in one go, in order; stops before the first that fails and leaves nothing of that one.</summary>
    /// <exception cref="StepFailedException">The connection was lost, and nobody can say what is in place.</exception>
    Task<DoneTogether> ApplyTogetherAsync(IReadOnlyList<PreparedMigration> migrations, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel);

    /// <summary>Applies a migration and records it.</summary>
    /// <exception cref="StepFailedException">It failed.</exception>
    Task ApplyAsync(PreparedMigration migration, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel);

    /// <summary>Runs a migration's down script and records it.</summary>
    /// <exception cref="StepFailedException">It failed.</exception>
    Task UndoAsync(PreparedMigration migration, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel);

    /// <summary>Runs a verify script in a transaction that is rolled back, with no lease; answers its error, or null when it passes.</summary>
    Task<LockkeeperException?> RunVerifyAsync(IPreparedScript script, CancellationToken cancel);

    /// <summary>Changes history rows without running anything: baseline and repair.</summary>
    Task EditHistoryAsync(IReadOnlyList<HistoryEdit> edits, RunStamp stamp, ITargetLease lease, CancellationToken cancel);

    /// <summary>The schema as it is now.</summary>
    Task<SchemaState> ReadSchemaAsync(CancellationToken cancel);

    /// <summary>How a schema differs from a recorded one, one sentence each.</summary>
    IReadOnlyList<string> Differences(byte[] recorded, SchemaState actual);

    /// <summary>Records how far a release got (null: nobody can say yet), and the schema that it left (null: as before); refused when the lease went to another runner.</summary>
    Task RecordReleaseAsync(RunStamp stamp, ReleaseOutcome? outcome, SchemaState? schema, ITargetLease lease, CancellationToken cancel);

    /// <summary>What this target remembers about one release of a series.</summary>
    Task<ReleaseRow?> ReadReleaseAsync(string series, string artifact, CancellationToken cancel);

    /// <summary>How applications use a column, <c>schema.table.column</c>, as the server's statistics show it.</summary>
    Task<ColumnUse> ReadColumnUseAsync(string column, CancellationToken cancel);

    /// <summary>The connected applications whose name fits a pattern with <c>*</c>, with how many sessions each has.</summary>
    Task<IReadOnlyList<string>> ReadApplicationsAsync(string pattern, CancellationToken cancel);

    /// <summary>Starts watching the target's health.</summary>
    Task<IHealthProbe> ProbeHealthAsync(CancellationToken cancel);
}

/// <summary>A target's lease, held by this run.</summary>
internal interface ITargetLease : IAsyncDisposable
{
    /// <summary>Fires when the lease could not be kept.</summary>
    CancellationToken Lost { get; }
}

/// <summary>A schema with its fingerprint.</summary>
/// <param name="Fingerprint">The fingerprint.</param>
/// <param name="Bytes">The objects, for storing.</param>
internal sealed record SchemaState(string Fingerprint, byte[] Bytes);

/// <summary>One change of a history row.</summary>
/// <param name="Id">The migration.</param>
/// <param name="Row">The row to write; null to remove the row.</param>
internal sealed record HistoryEdit(string Id, HistoryRow? Row)
{
    /// <summary>The migration whose file counts as applied as it is now; null for any other change.</summary>
    public Migration? Renewed { get; init; }

    /// <summary>The adopted tool's table, which takes the new checksum; null where none is kept up to date.</summary>
    public ForeignMirror? Mirror { get; init; }
}

/// <summary>Watches a target's health; each call covers the time since the one before.</summary>
internal interface IHealthProbe : IAsyncDisposable
{
    /// <summary>Looks.</summary>
    Task<HealthSample> SampleAsync(CancellationToken cancel);
}

/// <summary>A target's health over a short time.</summary>
/// <param name="P95Milliseconds">The 95th percentile of the statements' time; null when nothing ran or it cannot be measured.</param>
/// <param name="Waiting">Sessions that wait for a lock.</param>
/// <param name="Source">What it was measured with, in words.</param>
internal sealed record HealthSample(double? P95Milliseconds, int Waiting, string Source);
