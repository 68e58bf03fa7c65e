using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>Reads the rows of a query that has few.</summary>
public static class Rows
{
    /// <summary>All rows, each as what a function makes of it.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">The query.</param>
    /// <param name="map">Makes something of a row.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <typeparam name="T">What a row becomes.</typeparam>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> map, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(map(reader));
        return rows;
    }
}
