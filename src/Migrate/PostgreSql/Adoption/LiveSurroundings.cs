using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>What a live database stands on that its migrations may take for granted.</summary>
/// <param name="Major">The server's major version.</param>
/// <param name="Database">The database's name.</param>
/// <param name="Path">The schemas of the search path that exist.</param>
/// <param name="Roles">The server's roles, without its built-in ones.</param>
/// <param name="Extensions">The extensions with their schemas.</param>
internal sealed record LiveSurroundings(int Major, string Database, IReadOnlyList<string> Path, IReadOnlyList<string> Roles, IReadOnlyList<(string Name, string Schema)> Extensions)
{
    /// <summary>Reads it.</summary>
    public static async Task<LiveSurroundings> ReadAsync(NpgsqlConnection connection, ServerIdentity identity, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("/* lk:migrate.surroundings_path */ SELECT array_to_string(current_schemas(false), E'\\x1f')"),
                new NpgsqlBatchCommand("/* lk:migrate.surroundings_roles */ SELECT rolname::text FROM pg_roles WHERE rolname !~ '^pg_'"),
                new NpgsqlBatchCommand(
                    "/* lk:migrate.surroundings_extensions */ SELECT e.extname::text, n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.oid"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var path = reader.GetString(0).Split('\x1f', StringSplitOptions.RemoveEmptyEntries);
        await reader.NextResultAsync(cancel);
        var roles = new List<string>();
        while (await reader.ReadAsync(cancel))
            roles.Add(reader.GetString(0));
        await reader.NextResultAsync(cancel);
        var extensions = new List<(string, string)>();
        while (await reader.ReadAsync(cancel))
            extensions.Add((reader.GetString(0), reader.GetString(1)));
        return new LiveSurroundings(identity.Major, identity.Database, path, roles, extensions);
    }
}
