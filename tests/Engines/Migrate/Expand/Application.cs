using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>One version of an application: its statements, each over the row <c>$1</c> with the value <c>$2</c>.</summary>
internal sealed record Version(string Insert, string Update, string Read);

/// <summary>An application that writes rows of its own all the time and remembers what it wrote last into each.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<long, string> written = [];
    private readonly Task work;

    public Application(TestDatabase database, Version version, long firstRow, Func<int, string> value, string? searchPath = null) =>
        work = Task.Run(() => WorkAsync(database, version, firstRow, value, searchPath));

    /// <summary>The rows with the value that it wrote last.</summary>
    public IReadOnlyDictionary<long, string> Written => written;

    /// <summary>Ends it; its own reads were right all the time.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await work;
        written.Count.ShouldBeGreaterThan(0);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task WorkAsync(TestDatabase database, Version version, long firstRow, Func<int, string> value, string? searchPath)
    {
        await using var connection = await database.OpenAsync();
        if (searchPath is not null)
        {
            await using var path = new NpgsqlCommand($"SET search_path = {searchPath}", connection);
            await path.ExecuteNonQueryAsync();
        }

        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var (row, isNew) = (firstRow + (n % 50), n < 50);
            await RunAsync(connection, isNew ? version.Insert : version.Update, row, value(n));
            written[row] = value(n);
            (await RunAsync(connection, version.Read, row, null)).ShouldBe(value(n), $"row {row}");
        }
    }

    private static async Task<string?> RunAsync(NpgsqlConnection connection, string sql, long row, string? value)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row });
                if (value is not null)
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
                // As pools and mappers do: the server keeps the plan over the changes of a migration.
                await command.PrepareAsync();
                return await command.ExecuteScalarAsync() as string;
            }
            // An application over two tables has to be ready for a deadlock whatever a migration does.
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < 20)
            {
            }
        }
    }
}
