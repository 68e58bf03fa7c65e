using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Applying;

/// <summary>Sends what corrects differences, one after the other, over one connection for as long as they are in the same database.</summary>
/// <param name="lease">The lease.</param>
/// <param name="home">The administrator's database.</param>
/// <param name="inside">Another database.</param>
/// <param name="clock">The clock.</param>
internal sealed class ClusterLease(Lease lease, PostgreSqlServer home, Func<string, PostgreSqlServer> inside, TimeProvider clock) : IClusterLease
{
    private const int LockTries = 10;

    /// <summary>Statements with secrets are kept out of the server's log; only a superuser may say so.</summary>
    private static readonly string[] Quiet =
    [
        "SET LOCAL log_statement = 'none'", "SET LOCAL log_min_duration_statement = -1", "SET LOCAL log_min_error_statement = 'panic'", "SET LOCAL log_min_duration_sample = -1", "SET LOCAL log_transaction_sample_rate = 0",
    ];

    private NpgsqlConnection? connection;
    private NpgsqlConnection? fence;
    private string? connectedTo;

    public CancellationToken Lost => lease.Lost;

    public async Task CorrectAsync(Difference difference, CancellationToken cancel)
    {
        var remedy = difference.Remedy!;
        var done = 0;
        try
        {
            if (remedy.Act is { } act)
            {
                await FenceAsync(cancel);
                await ActAsync(act, cancel);
                return;
            }

            var open = await ConnectionAsync(remedy.Database, cancel);
            await FenceAsync(cancel);
            if (remedy.InTransaction)
                await TransactionAsync(open, remedy, cancel);
            else
                for (; done < remedy.Statements.Count; done++)
                    await RunAsync(open, remedy.Statements[done], cancel);
        }
        catch (PostgresException e)
        {
            throw new StepFailedException(Failed(difference, e), leftTraces: done > 0);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            // Nobody can say whether the last statement took effect: the next run reads what is there.
            throw new StepFailedException(ServerErrors.Translate(e, home.Name), leftTraces: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        if (fence is not null)
            await fence.DisposeAsync();
        await lease.DisposeAsync();
    }

    private static async Task ActAsync(Func<CancellationToken, Task> act, CancellationToken cancel)
    {
        try
        {
            await act(cancel);
        }
        catch (LockkeeperException e)
        {
            throw new StepFailedException(e, leftTraces: true);
        }
    }

    private async Task<NpgsqlConnection> ConnectionAsync(string? database, CancellationToken cancel)
    {
        if (connection is { State: System.Data.ConnectionState.Open } && connectedTo == (database ?? ""))
            return connection;
        if (connection is not null)
            await connection.DisposeAsync();
        connection = await (database is null ? home : inside(database)).OpenAsync(cancel);
        connectedTo = database ?? "";
        return connection;
    }

    /// <summary>Asked before every change. The fence's own table is in one database only, so a change in another one cannot be in its transaction: a runner that is paused between the two may be late by one statement.</summary>
    private async Task FenceAsync(CancellationToken cancel)
    {
        if (lease.Lost.IsCancellationRequested)
            throw new LockkeeperException(Engines.PostgreSql.PostgreSqlErrors.LeaseHeld, $"another runner has taken over {home.Name}", "Look at what it does, then run the same command again.");
        if (fence is not { State: System.Data.ConnectionState.Open })
            fence = await home.OpenAsync(cancel);
        await RunAsync(fence, $"/* lk:provision.fence */ SELECT lockkeeper.fence({lease.Epoch})", cancel);
    }

    private async Task TransactionAsync(NpgsqlConnection open, Remedy remedy, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            await using var transaction = await open.BeginTransactionAsync(cancel);
            try
            {
                await RunAsync(open, "/* lk:provision.lock_timeout */ SET LOCAL lock_timeout = '1s'", cancel);
                if (connectedTo is "")
                    await RunAsync(open, $"/* lk:provision.fence_within */ SELECT lockkeeper.fence({lease.Epoch})", cancel);
                if (remedy.IsSecret)
                    await HushAsync(open, cancel);
                foreach (var statement in remedy.Statements)
                    await RunAsync(open, statement, cancel);
                await transaction.CommitAsync(cancel);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable && tries < LockTries)
            {
                await transaction.RollbackAsync(cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(100 * tries + Random.Shared.Next(200)), clock, cancel);
            }
        }
    }

    private static async Task HushAsync(NpgsqlConnection open, CancellationToken cancel)
    {
        await using var look = new NpgsqlCommand("/* lk:provision.may_hush */ SELECT rolsuper FROM pg_roles WHERE rolname = current_user", open);
        if (await look.ExecuteScalarAsync(cancel) is not true)
            return;
        foreach (var statement in Quiet)
            await RunAsync(open, statement, cancel);
    }

    private static async Task RunAsync(NpgsqlConnection open, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static LockkeeperException Failed(Difference difference, PostgresException e)
    {
        var hint = e.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege => "Let 'admin' be a role that may do this.",
            PostgresErrorCodes.DependentObjectsStillExist => "Something still needs it: the detail names what. Move or drop that first.",
            PostgresErrorCodes.ObjectInUse => "Somebody is connected to it: end the sessions, then run the same command again.",
            PostgresErrorCodes.LockNotAvailable => "Another session keeps a lock on it: look at pg_stat_activity, then run the same command again.",
            _ => "What was done before it is in place. Correct the declaration or the cluster, then run the same command again.",
        };
        return new LockkeeperException(ProvisionErrors.StepFailed, $"{difference.Words} failed: {e.MessageText}", hint, difference.At, difference.Remedy!.IsSecret ? null : e)
        {
            Facts = e.Detail is { Length: > 0 } detail && !difference.Remedy.IsSecret ? [new ErrorFact("DETAIL", detail)] : [],
        };
    }
}
