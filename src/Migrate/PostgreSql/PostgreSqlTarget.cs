using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.PostgreSql.Locks;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Contracts;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>A PostgreSQL database, or one schema of it, as a target of migrations.</summary>
internal sealed class PostgreSqlTarget : IMigrationTarget
{
    private readonly DatabaseConfig database;
    private readonly PostgreSqlServer server;
    private readonly TimeProvider clock;
    private readonly TargetSession session;
    private readonly string url;
    private readonly LeasePlace lease;
    private readonly TargetTalk talk;
    private readonly bool ownsSession = true;

    public PostgreSqlTarget(DatabaseConfig database, string url, Redactor redactor, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        this.url = url;
        server = PostgreSqlServer.At(url, redactor);
        session = new TargetSession(server, clock);
        lease = new LeasePlace(server);
        talk = new TargetTalk(session, lease);
        Adoption = new PostgreSqlAdoption(talk, session, database);
    }

    /// <summary>One schema; session and the lease's connection belong to somebody else and go on to the next schema.</summary>
    public PostgreSqlTarget(DatabaseConfig database, string url, LeasePlace schema, TargetSession session, TimeProvider clock)
    {
        this.database = database with { SearchPath = [schema.Scope, .. database.SearchPath.Where(name => name != schema.Scope)] };
        this.clock = clock;
        this.url = url;
        this.session = session;
        (server, lease, ownsSession) = (schema.Server, schema, false);
        talk = new TargetTalk(session, lease);
        Adoption = new PostgreSqlAdoption(talk, session, this.database);
    }

    public string Name => lease.Name;

    public IAdoptableTarget Adoption { get; }

    public LockJournal Locks { get; } = new();

    public IReadOnlyDictionary<string, string?> ClientVariables
    {
        get
        {
            var variables = new Dictionary<string, string?>(server.ClientVariables) { ["DATABASE_URL"] = url };
            // libpq takes spaces and backslashes of an option's value escaped (PostgreSQL manual, "options").
            if (lease.Scope.Length > 0)
                variables["PGOPTIONS"] = $"-c search_path={string.Join(",", database.SearchPath.Select(SqlText.Identifier)).Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal)}";
            return variables;
        }
    }

    public IReadOnlyDictionary<string, string> BuiltInPlaceholders => session.Identity is not { } identity
        ? new Dictionary<string, string>()
        : new Dictionary<string, string>
        {
            ["flyway:database"] = identity.Database,
            ["flyway:user"] = identity.User,
            ["flyway:defaultSchema"] = database.SearchPath.Count > 0 ? database.SearchPath[0] : "public",
            ["flyway:table"] = "lockkeeper.migrations",
            ["flyway:timestamp"] = clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss"),
            ["flyway:workingDirectory"] = ".",
        };

    public Task<TargetState> ReadStateAsync(string series, CancellationToken cancel) => talk.AskAsync(async connection =>
    {
        var identity = session.Identity!;
        var words = $"PostgreSQL {identity.Version.Split(' ')[0]}";
        var readOnly = identity.IsStandby ? "it is a standby" : identity.IsReadOnly ? "its transactions are read-only" : null;
        if ((session.StoreVersion ??= await HistoryTables.ReadVersionAsync(connection, cancel)) is not { } version)
            return new TargetState(words, identity.IsPooled, readOnly, false, [], null, [], null);
        HistoryTables.RequireKnown(version, Name);
        var (rows, recorded, interrupted, release, adoption) = await HistoryQueries.ReadAsync(connection, new HistoryKey(series, lease.Scope), cancel);
        var adopted = adoption is null ? null : await AdoptedTable.ReadAsync(connection, adoption, cancel);
        return new TargetState(words, identity.IsPooled, readOnly, true, rows, recorded, interrupted, release) { Adopted = adopted };
    }, cancel);

    public IBackfills Backfills => new PostgreSqlBackfills(talk, session, database, lease.Scope, clock);

    public RunNotes Notes => session.Notes;

    public bool LeavesSyntaxToServer { get; set; }

    public IPreparedScript Prepare(MigrationScript script, ScriptText text) => ScriptPreparation.Prepare(script, text, LeavesSyntaxToServer ? int.MaxValue : session.Identity?.Major);

    public string Render(PreparedMigration migration, bool undo, RunStamp stamp) =>
        PsqlScript.Render(migration, undo, stamp, SessionSettings.Of(database, (PreparedSql)(undo ? migration.Down! : migration.Up), lease.Scope));

    public string StoreScript => PsqlScript.Store;

    public Task PrepareStoreAsync(CancellationToken cancel) => talk.AskAsync(async connection =>
    {
        session.Identity!.RequireWritable(Name);
        await HistoryTables.CreateAsync(connection, Name, cancel);
        session.StoreVersion = HistoryTables.Version;
        return true;
    }, cancel);

    public async Task<ITargetLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel) =>
        new TargetLease(await Lease.TakeAsync(lease, holder, wait, progress, clock, cancel));

    public int CountTogether(IReadOnlyList<PreparedMigration> next) => session.Identity is { IsPooled: false } ? PipelinedExecution.Count(next) : 1;

    public Task<DoneTogether> ApplyTogetherAsync(IReadOnlyList<PreparedMigration> migrations, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel) =>
        new PipelinedExecution(session, database, Locks, clock).RunAsync(migrations, stamp, Epoch(lease), new BlockingNews(stamp, progress, clock), cancel);

    public Task ApplyAsync(PreparedMigration migration, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel) =>
        new MigrationExecution(session, database, Locks, clock).RunAsync(migration, undo: false, stamp, Epoch(lease), progress, cancel);

    public Task UndoAsync(PreparedMigration migration, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel) =>
        new MigrationExecution(session, database, Locks, clock).RunAsync(migration, undo: true, stamp, Epoch(lease), progress, cancel);

    public Task<LockkeeperException?> RunVerifyAsync(IPreparedScript script, CancellationToken cancel) =>
        new MigrationExecution(session, database, Locks, clock).RunVerifyAsync((PreparedSql)script, cancel);

    public Task EditHistoryAsync(IReadOnlyList<HistoryEdit> edits, RunStamp stamp, ITargetLease lease, CancellationToken cancel) =>
        talk.ChangeAsync(lease, [.. edits.Select(edit => HistoryQueries.Edit(edit, stamp)), .. edits.SelectMany(edit => AdoptedTable.Renewal(edit.Mirror)).Select(statement => statement.ToCommand())], cancel);

    public Task<SchemaState> ReadSchemaAsync(CancellationToken cancel) => talk.AskAsync(async connection =>
    {
        var snapshot = await SchemaReader.ReadAsync(connection, lease.Scope.Length == 0 ? SchemaScope.Default : SchemaScope.Of(lease.Scope), cancel, again: !ownsSession && !session.Identity!.IsPooled);
        return new SchemaState(snapshot.Fingerprint, snapshot.ToBytes());
    }, cancel);

    public IReadOnlyList<string> Differences(byte[] recorded, SchemaState actual) =>
        [.. SchemaDiff.Compare(SchemaSnapshot.FromBytes(recorded), SchemaSnapshot.FromBytes(actual.Bytes)).Select(difference => difference.Words)];

    public Task RecordReleaseAsync(RunStamp stamp, ReleaseOutcome? outcome, SchemaState? schema, ITargetLease lease, CancellationToken cancel) =>
        talk.ChangeAsync(lease, [.. HistoryQueries.RecordRelease(stamp, outcome, schema)], cancel);

    public Task<ReleaseRow?> ReadReleaseAsync(string series, string artifact, CancellationToken cancel) => talk.AskAsync(
        async connection => await HistoryTables.ReadVersionAsync(connection, cancel) is null ? null : await HistoryQueries.ReadReleaseAsync(connection, new HistoryKey(series, lease.Scope), artifact, cancel), cancel);

    public Task<ColumnUse> ReadColumnUseAsync(string column, CancellationToken cancel) => talk.AskAsync(connection => ColumnUseReader.ReadAsync(connection, column, cancel), cancel);

    public Task<IReadOnlyList<string>> ReadApplicationsAsync(string pattern, CancellationToken cancel) => talk.AskAsync(connection => ColumnUseReader.ApplicationsAsync(connection, pattern, cancel), cancel);

    public async Task<IHealthProbe> ProbeHealthAsync(CancellationToken cancel) => await HealthProbe.StartAsync(server, cancel);

    public ValueTask DisposeAsync() => ownsSession ? session.DisposeAsync() : ValueTask.CompletedTask;

    private static long Epoch(ITargetLease lease) => ((TargetLease)lease).Lease.Epoch;
}
