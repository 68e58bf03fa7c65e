using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Talks to a target, database or schema, and gives numbered errors.</summary>
/// <param name="session">The connection.</param>
/// <param name="place">What the target is.</param>
internal sealed class TargetTalk(TargetSession session, LeasePlace place)
{
    /// <summary>Asks something.</summary>
    public async Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            return await ask(await session.ConnectionAsync(cancel));
        }
        catch (PostgresException e) when (e.SqlState == LeaseTables.FenceState)
        {
            throw LostLease.Error(place.Name, inner: e);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, place.Name);
        }
    }

    /// <summary>Changes something in one transaction and one round trip; refused when the lease went to another runner.</summary>
    public Task ChangeAsync(ITargetLease held, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancel) => AskAsync(async connection =>
    {
        // A batch without BEGIN would be one transaction too, but a pooler in statement mode could take it apart.
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(HistoryQueries.With("/* lk:migrate.fence */ SELECT lockkeeper.fence($1, $2)", ((TargetLease)held).Lease.Epoch, place.Scope));
        foreach (var command in commands.Append(new NpgsqlBatchCommand("COMMIT")))
            batch.BatchCommands.Add(command);
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException)
        {
            await using var rollback = new NpgsqlCommand("ROLLBACK", connection);
            await rollback.ExecuteNonQueryAsync(CancellationToken.None);
            throw;
        }

        return true;
    }, cancel);
}

/// <summary>A lease as a run holds it.</summary>
/// <param name="lease">The lease.</param>
internal sealed class TargetLease(Lease lease) : ITargetLease
{
    public Lease Lease { get; } = lease;

    public CancellationToken Lost => Lease.Lost;

    public ValueTask DisposeAsync() => Lease.DisposeAsync();
}
