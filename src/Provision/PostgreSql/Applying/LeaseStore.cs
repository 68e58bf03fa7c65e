using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Applying;

/// <summary>What the lease needs in the administrator's database; made when it is missing.</summary>
internal static class LeaseStore
{
    /// <summary>Two runners that make it at the same time would meet at CREATE OR REPLACE FUNCTION ("tuple concurrently updated").</summary>
    private const long MakingLock = 0x6c6b5f6c65617365;

    public static async Task EnsureAsync(NpgsqlConnection connection, string where, CancellationToken cancel)
    {
        await using (var look = new NpgsqlCommand("/* lk:provision.lease_there */ SELECT to_regclass('lockkeeper.heartbeat') IS NOT NULL AND to_regproc('lockkeeper.fence') IS NOT NULL", connection))
        {
            if (await look.ExecuteScalarAsync(cancel) is true)
                return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("/* lk:provision.lease_lock */ SELECT pg_advisory_xact_lock($1)") { Parameters = { new() { Value = MakingLock } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("/* lk:provision.lease_schema */ CREATE SCHEMA IF NOT EXISTS lockkeeper"));
            foreach (var statement in LeaseTables.Statements)
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            await batch.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new LockkeeperException(PostgreSqlErrors.PrivilegeMissing, $"{where}: the role may not create the schema lockkeeper: {e.MessageText}", "Let 'admin' name a database that the role may create a schema in.", inner: e);
        }
    }
}
