using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Adopts the histories of other tools in a PostgreSQL database.</summary>
/// <param name="talk">Talks to the target.</param>
/// <param name="session">Its connection.</param>
/// <param name="database">The database's configuration.</param>
internal sealed class PostgreSqlAdoption(TargetTalk talk, TargetSession session, DatabaseConfig database) : IAdoptableTarget
{
    public Task<IReadOnlyList<FoundHistory>> FindAsync(string? table, CancellationToken cancel) =>
        talk.AskAsync(connection => ForeignTables.FindAsync(connection, database, table, cancel), cancel);

    public Task<IReadOnlyList<ForeignRow>> ReadAsync(FoundHistory found, CancellationToken cancel) =>
        talk.AskAsync(connection => ((IForeignHistory)found.Tool).ReadAsync(connection, new QualifiedTable(found.Schema, found.Table), cancel), cancel);

    public Task<ForeignLock?> LockAsync(FoundHistory found, CancellationToken cancel) =>
        talk.AskAsync(connection => ((IForeignHistory)found.Tool).LockAsync(connection, new QualifiedTable(found.Schema, found.Table), cancel), cancel);

    public SchemaState Without(SchemaState schema, IReadOnlyList<FoundHistory> found)
    {
        var rest = SchemaSubset.Without(SchemaSnapshot.FromBytes(schema.Bytes), [.. found.SelectMany(history => history.Own)]);
        return new SchemaState(rest.Fingerprint, rest.ToBytes());
    }

    public async Task<Replay> ReplayAsync(IReadOnlyList<PreparedMigration> migrations, Workspace workspace, CancellationToken cancel)
    {
        var surroundings = await talk.AskAsync(connection => LiveSurroundings.ReadAsync(connection, session.Identity!, cancel), cancel);
        return await new ShadowDatabase(database, surroundings, workspace).ReplayAsync(migrations, cancel);
    }

    public Task WriteAsync(AdoptionWrite write, RunStamp stamp, ITargetLease lease, CancellationToken cancel)
    {
        List<NpgsqlBatchCommand> commands =
        [
            AdoptionQueries.Record(write.Adoption, stamp),
            .. write.Rows.Select(row => AdoptionQueries.TakeOver(row, stamp)),
            .. write.Behind.SelectMany(mirror => AdoptedTable.Statements(mirror, undo: false)).Select(statement => statement.ToCommand()),
            .. HistoryQueries.RecordRelease(stamp, ReleaseOutcome.Applied, write.Schema),
        ];
        return talk.ChangeAsync(lease, commands, cancel);
    }

    public Task LeaveAsync(RunStamp stamp, ITargetLease lease, CancellationToken cancel) => talk.ChangeAsync(lease, [AdoptionQueries.Leave(stamp)], cancel);

    public Task TakeOverAsync(IReadOnlyList<HistoryRow> rows, RunStamp stamp, ITargetLease lease, CancellationToken cancel) =>
        talk.ChangeAsync(lease, [.. rows.Select(row => AdoptionQueries.TakeOver(row, stamp))], cancel);
}
