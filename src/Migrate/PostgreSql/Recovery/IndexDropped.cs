using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>DROP INDEX CONCURRENTLY. One that dies leaves the index INVALID, and the same statement drops it then.</summary>
/// <param name="index">The index.</param>
internal sealed class IndexDropped(ConcurrentIndex index) : IExpectedEffect
{
    public string Words => $"index {index.Index} is gone";

    public Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) => IndexCatalog.StateAsync(connection, index, cancel);

    public Standing Judge(string before, string now) => now == IndexCatalog.Absent && before != IndexCatalog.Absent ? Standing.Done : Standing.Undone;

    public Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel) => Task.FromResult(false);

    public Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel) => throw new InvalidOperationException("a dropped index leaves nothing");
}
