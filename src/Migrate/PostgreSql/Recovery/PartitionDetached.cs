using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>DETACH PARTITION … CONCURRENTLY. One that dies between its two transactions leaves the partition half detached, and only FINALIZE ends that (PostgreSQL manual, ALTER TABLE).</summary>
/// <param name="detach">The partition.</param>
internal sealed class PartitionDetached(PartitionDetach detach) : IExpectedEffect
{
    private const string Attached = "attached";
    private const string Pending = "pending";
    private const string Detached = "detached";

    public string Words => $"{detach.Partition} is no partition of {detach.Table}";

    public async Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.partition_state */ SELECT inhdetachpending FROM pg_inherits WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2)", connection)
        { Parameters = { new() { Value = detach.Table }, new() { Value = detach.Partition } } };
        return await command.ExecuteScalarAsync(cancel) switch { true => Pending, false => Attached, _ => Detached };
    }

    public Standing Judge(string before, string now) => now switch
    {
        Pending => Standing.Debris,
        Detached when before != Detached => Standing.Done,
        _ => Standing.Undone,
    };

    public Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel) => Task.FromResult(false);

    public async Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel)
    {
        await sender.SendAsync($"/* lk:migrate.finalize_detach */ ALTER TABLE {detach.Table} DETACH PARTITION {detach.Partition} FINALIZE", [], cancel);
        return $"finished the detachment of {detach.Partition}, which a run that died had begun";
    }
}
