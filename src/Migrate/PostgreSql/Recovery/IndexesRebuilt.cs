using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>
/// REINDEX … CONCURRENTLY. Nothing in the catalog says that an index was rebuilt, and to do it once more is only work; what one that dies leaves are invalid copies named <c>…_ccnew</c> or <c>…_ccold</c>
/// with an optional number (PostgreSQL manual, REINDEX).
/// </summary>
/// <param name="index">What is rebuilt: an index, a table, a schema or all of the database.</param>
internal sealed class IndexesRebuilt(ConcurrentIndex index) : IExpectedEffect
{
    public string Words => $"{index.Index ?? index.Table ?? index.Schema ?? "the database"} has fresh indexes and no invalid copies";

    public async Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) => string.Join(' ', await IndexCatalog.CopiesAsync(connection, index, cancel));

    public Standing Judge(string before, string now) => now.Length > 0 ? Standing.Debris : Standing.Undone;

    public async Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var copy in await IndexCatalog.CopiesAsync(connection, index, cancel))
        {
            if (await IndexCatalog.IsBeingBuiltAsync(connection, copy, cancel))
                return true;
        }

        return false;
    }

    public async Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel)
    {
        var copies = await IndexCatalog.CopiesAsync(connection, index, cancel);
        foreach (var copy in copies)
            await IndexCatalog.DropAsync(connection, sender, IndexCatalog.OidOf(copy), cancel);
        return $"dropped {(copies.Count == 1 ? "an invalid copy" : $"{copies.Count} invalid copies")} that a REINDEX which died had left";
    }
}
