using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Evidence;

/// <summary>A tiny table to which a row is written about once a second, each with the hash of the one before: in a restored copy it shows that all is there up to a moment, and nothing after it.</summary>
internal static class Beacon
{
    /// <summary>How long rows are kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(35);

    /// <summary>Makes the table; one that is there stays.</summary>
    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await RunAsync(connection, "/* lk:backup.beacon_schema */ CREATE SCHEMA IF NOT EXISTS lockkeeper", cancel);
        await RunAsync(connection, "/* lk:backup.beacon_table */ CREATE TABLE IF NOT EXISTS lockkeeper.beacon (seq bigint PRIMARY KEY, at timestamptz NOT NULL, hash bytea NOT NULL)", cancel);
    }

    /// <summary>Writes a row. Two writers at once make one row of the same number, and one of them fails: the chain has no fork.</summary>
    public static Task WriteAsync(NpgsqlConnection connection, CancellationToken cancel) => RunAsync(
        connection,
        """
        /* lk:backup.beacon */
        INSERT INTO lockkeeper.beacon (seq, at, hash)
        SELECT next.seq, next.at, sha256(next.before || convert_to(next.seq || ' ' || (extract(epoch FROM next.at) * 1000000)::bigint, 'UTF8'))
        FROM (SELECT coalesce(last.seq, 0) + 1 AS seq, clock_timestamp() AS at, coalesce(last.hash, ''::bytea) AS before
              FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT seq, hash FROM lockkeeper.beacon ORDER BY seq DESC LIMIT 1) last ON true) next
        ON CONFLICT DO NOTHING
        """,
        cancel);

    /// <summary>Removes rows that no restore reaches any more.</summary>
    public static Task TrimAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"/* lk:backup.beacon_trim */ DELETE FROM lockkeeper.beacon WHERE at < now() - interval '{Kept.TotalDays} days'"), cancel);

    /// <summary>The question what a chain holds: its rows, first and last number, last time, how many of its links are wrong, and how many rows are after a moment. No row when there is no table.</summary>
    /// <param name="until">The moment; null for none.</param>
    public static string Question(DateTimeOffset? until) =>
        $"""
        /* lk:backup.beacon_chain */
        SELECT count(*), coalesce(min(seq), 0), coalesce(max(seq), 0), coalesce(extract(epoch FROM max(at)), 0),
               count(*) FILTER (WHERE NOT right_link), count(*) FILTER (WHERE {(until is { } moment ? $"at > {SqlText.Literal(moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture))}::timestamptz" : "false")})
        FROM (SELECT seq, at, lag(seq) OVER w IS NULL OR (seq = lag(seq) OVER w + 1 AND hash = sha256(lag(hash) OVER w || convert_to(seq || ' ' || (extract(epoch FROM at) * 1000000)::bigint, 'UTF8'))) AS right_link
              FROM lockkeeper.beacon WINDOW w AS (ORDER BY seq)) chain
        """;

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>What a chain of beacons holds.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="First">The first number.</param>
/// <param name="Last">The last number.</param>
/// <param name="LastAt">The time of the last one; null for none.</param>
/// <param name="WrongLinks">Rows that do not follow the one before.</param>
/// <param name="TooLate">Rows after the moment asked for.</param>
internal sealed record BeaconChain(long Rows, long First, long Last, DateTimeOffset? LastAt, long WrongLinks, long TooLate)
{
    /// <summary>Reads the answer to <see cref="Beacon.Question"/>, its values with bars between them.</summary>
    public static BeaconChain Parse(string line)
    {
        var fields = line.Split('|');
        return Of(field => long.Parse(fields[field], CultureInfo.InvariantCulture), decimal.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Reads the answer from a row.</summary>
    public static BeaconChain Read(NpgsqlDataReader row) => Of(row.GetInt64, row.GetDecimal(3));

    private static BeaconChain Of(Func<int, long> number, decimal at) =>
        new(number(0), number(1), number(2), at == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks((long)(at * TimeSpan.TicksPerSecond)), number(4), number(5));
}
