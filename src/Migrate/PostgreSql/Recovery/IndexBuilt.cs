using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>CREATE INDEX CONCURRENTLY with a name. One that dies leaves an INVALID index, which IF NOT EXISTS would take for the index that was wanted.</summary>
/// <param name="index">The index.</param>
internal sealed class IndexBuilt(ConcurrentIndex index) : IExpectedEffect
{
    public string Words => $"index {index.Index} is valid";

    public Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) => IndexCatalog.StateAsync(connection, index, cancel);

    /// <remarks>An index of that name that was valid before is somebody else's: the statement has yet to say what it makes of it.</remarks>
    public Standing Judge(string before, string now) =>
        IndexCatalog.IsInvalid(now) ? Standing.Debris : now != before && now != IndexCatalog.Absent ? Standing.Done : Standing.Undone;

    public async Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        await IndexCatalog.IsBeingBuiltAsync(connection, await ReadAsync(connection, cancel), cancel);

    public async Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel)
    {
        await IndexCatalog.DropAsync(connection, sender, IndexCatalog.OidOf(await ReadAsync(connection, cancel)), cancel);
        return $"dropped the invalid index {index.Index} that a build which died had left";
    }
}
