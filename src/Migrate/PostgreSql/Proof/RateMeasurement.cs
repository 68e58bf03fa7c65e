using System.Diagnostics;
using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.Proof;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Measures how fast the shadow server reads a table and writes one anew, and remembers it in the server.</summary>
/// <param name="server">A database of it that stays.</param>
internal sealed class RateMeasurement(PostgreSqlServer server)
{
    private const string Remembered = "/* lk:migrate.proof_rates */ SELECT scan::text || ' ' || rewrite::text FROM lockkeeper_rates";

    /// <summary>Measures, or looks it up.</summary>
    public async Task<WorkRates> RunAsync(CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        await ExecuteAsync(connection, "CREATE TABLE IF NOT EXISTS lockkeeper_rates (scan float8, rewrite float8)", cancel);
        if (await ScalarAsync(connection, Remembered, cancel) is string words)
        {
            var numbers = words.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToList();
            return new WorkRates(numbers[0], numbers[1]);
        }

        await ExecuteAsync(connection, "CREATE TEMP TABLE work (id int PRIMARY KEY, name text)", cancel);
        await ExecuteAsync(connection, "INSERT INTO work SELECT g, repeat('x', 100) FROM generate_series(1, 100000) g", cancel);
        var bytes = (long)(await ScalarAsync(connection, "SELECT pg_relation_size('work')", cancel))!;
        // The first reading writes hint bits, which a table in use has.
        await ExecuteAsync(connection, "SELECT count(name) FROM work", cancel);
        var scan = await TimeAsync(connection, "SELECT count(name) FROM work", cancel);
        var rewrite = await TimeAsync(connection, "ALTER TABLE work ALTER COLUMN id TYPE bigint", cancel);
        var rates = new WorkRates(bytes / scan, bytes / rewrite);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO lockkeeper_rates VALUES ({rates.ScanBytesPerMs}, {rates.RewriteBytesPerMs})"), cancel);
        return rates;
    }

    private static async Task<double> TimeAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        await ExecuteAsync(connection, sql, cancel);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.proof_measure */ {sql}", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }
}
