using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>
/// CREATE INDEX CONCURRENTLY that leaves the name to the server, which would choose another one for a second try. The table's indexes before it tell which one is new: while the lease is held,
/// nobody else's migration makes one.
/// </summary>
/// <param name="index">The index.</param>
internal sealed class UnnamedIndexBuilt(ConcurrentIndex index) : IExpectedEffect
{
    public string Words => $"{index.Table} has one more valid index";

    public async Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) => string.Join(' ', await IndexCatalog.StatesOfTableAsync(connection, index, cancel));

    public Standing Judge(string before, string now)
    {
        var made = Made(before, now);
        return made.Any(IndexCatalog.IsInvalid) ? Standing.Debris : made.Count > 0 ? Standing.Done : Standing.Undone;
    }

    public async Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var state in await IndexCatalog.StatesOfTableAsync(connection, index, cancel))
        {
            if (IndexCatalog.IsInvalid(state) && await IndexCatalog.IsBeingBuiltAsync(connection, state, cancel))
                return true;
        }

        return false;
    }

    public async Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel)
    {
        foreach (var state in Made(before, await ReadAsync(connection, cancel)).Where(IndexCatalog.IsInvalid))
            await IndexCatalog.DropAsync(connection, sender, IndexCatalog.OidOf(state), cancel);
        return $"dropped the invalid index of {index.Table} that a build which died had left";
    }

    private static List<string> Made(string before, string now)
    {
        var known = before.Split(' ').Select(IndexCatalog.OidOf).ToHashSet();
        return [.. now.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(state => !known.Contains(IndexCatalog.OidOf(state)))];
    }
}
