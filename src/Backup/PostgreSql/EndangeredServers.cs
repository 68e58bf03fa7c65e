using System.Collections.Concurrent;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>Finds out on which servers the databases lie that are about to be changed. A thousand of one server are one question.</summary>
internal static class EndangeredServers
{
    private const int AtATime = 8;

    /// <summary>The places by the system identifiers of their servers, in the order that they came in.</summary>
    public static async Task<Dictionary<long, List<EndangeredPlace>>> AskAsync(IReadOnlyList<EndangeredPlace> places, Workspace workspace, CancellationToken cancel)
    {
        var systems = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(ToAsk(places), new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancel }, async (place, stop) =>
            systems[Address(place)] = await SystemAsync(place.Url, workspace, stop));
        return places.GroupBy(place => systems[Address(place)]).ToDictionary(server => server.Key, server => server.ToList());
    }

    /// <summary>One place of each address.</summary>
    public static IReadOnlyList<EndangeredPlace> ToAsk(IReadOnlyList<EndangeredPlace> places) => [.. places.DistinctBy(Address, StringComparer.Ordinal)];

    /// <summary>Which server it is, whatever name or pooler it is reached by.</summary>
    public static async Task<long> SystemAsync(string url, Workspace workspace, CancellationToken cancel)
    {
        var server = PostgreSqlServer.At(url, workspace.Redactor);
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            return (await Rows.ReadAsync(connection, "/* lk:backup.system */ SELECT system_identifier FROM pg_control_system()", row => row.GetInt64(0), cancel))[0];
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }

    /// <summary>What leads to one server: host and port, and behind a pooler the database too.</summary>
    private static string Address(EndangeredPlace place)
    {
        var url = PostgreSqlUrl.Parse(place.Url);
        return $"{url.Host}:{url.Port}{(place.IsPooled ? $"/{url.Database ?? url.Username}" : "")}";
    }
}
