using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Observe.Regressions;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Regressions;

/// <summary>What was read before or after a deploy.</summary>
/// <param name="Workload">The statements' numbers.</param>
/// <param name="Structure">What the database was made of.</param>
/// <param name="Statements">After a deploy: what it sent.</param>
internal sealed record DeployReading(Workload Workload, Structure Structure, IReadOnlyList<DeployedStatement> Statements);

/// <summary>A deploy as it was kept.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Actor">Who deployed.</param>
/// <param name="Before">What was read before it.</param>
/// <param name="After">What was read after it; null when it did not come to its end.</param>
internal sealed record Deploy(string Run, string Actor, DeployReading Before, DeployReading? After);

/// <summary>Keeps readings in the target's own schema lockkeeper: a job of a pipeline has no other place that outlives it. The newest 20 deploys stay, about 100 kB each with 5,000 statements.</summary>
internal static class DeployTable
{
    private const int Kept = 20;

    public static async Task<bool> IsThereAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("/* lk:observe.deploy.there */ SELECT to_regclass('lockkeeper.deploy') IS NOT NULL", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    public static async Task WriteAsync(NpgsqlConnection connection, string run, string actor, bool isAfter, DeployReading reading, CancellationToken cancel)
    {
        await using (var make = new NpgsqlCommand(
            """
            /* lk:observe.deploy.table */
            CREATE TABLE IF NOT EXISTS lockkeeper.deploy (run text PRIMARY KEY, actor text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), before bytea NOT NULL, after bytea)
            """,
            connection))
        {
            if (!isAfter && !await IsThereAsync(connection, cancel))
                await make.ExecuteNonQueryAsync(cancel);
        }

        await using var write = isAfter
            ? new NpgsqlCommand("/* lk:observe.deploy.after */ UPDATE lockkeeper.deploy SET after = $2 WHERE run = $1", connection) { Parameters = { new() { Value = run }, new() { Value = Pack(reading) } } }
            : new NpgsqlCommand("/* lk:observe.deploy.before */ INSERT INTO lockkeeper.deploy (run, before, actor) VALUES ($1, $2, $3) ON CONFLICT (run) DO NOTHING", connection) { Parameters = { new() { Value = run }, new() { Value = Pack(reading) }, new() { Value = actor } } };
        await write.ExecuteNonQueryAsync(cancel);
        if (!isAfter)
        {
            await using var trim = new NpgsqlCommand("/* lk:observe.deploy.trim */ DELETE FROM lockkeeper.deploy WHERE run NOT IN (SELECT run FROM lockkeeper.deploy ORDER BY at DESC LIMIT $1)", connection) { Parameters = { new() { Value = Kept } } };
            await trim.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>The newest deploys, the newest first.</summary>
    public static async Task<IReadOnlyList<Deploy>> ReadAsync(NpgsqlConnection connection, int count, CancellationToken cancel)
    {
        var deploys = new List<Deploy>();
        await using var command = new NpgsqlCommand("/* lk:observe.deploy.read */ SELECT run, actor, before, after FROM lockkeeper.deploy ORDER BY at DESC LIMIT $1", connection) { Parameters = { new() { Value = count } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            deploys.Add(new Deploy(reader.GetString(0), reader.GetString(1), Unpack((byte[])reader[2]), reader.IsDBNull(3) ? null : Unpack((byte[])reader[3])));
        return deploys;
    }

    private static byte[] Pack(DeployReading reading)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(deflate, reading, DeployJson.Default.DeployReading);
        return packed.ToArray();
    }

    private static DeployReading Unpack(byte[] content)
    {
        using var packed = new MemoryStream(content);
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
        return JsonSerializer.Deserialize(deflate, DeployJson.Default.DeployReading)!;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeployReading))]
internal sealed partial class DeployJson : JsonSerializerContext;
