using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using NpgsqlTypes;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>One version of an application: its statements, each over the row <c>$1</c> with the value <c>$2</c>.</summary>
internal sealed record Version(string Insert, string Update, string Read, string? Delete = null);

/// <summary>
/// An application that inserts, updates and deletes rows of its own all the time and remembers what it wrote last into each; beside that it writes into the first rows of the table, which others write and delete too.
/// </summary>
internal sealed class Application : IAsyncDisposable
{
    private const int OwnRows = 50;
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<long, string?> written = [];
    private readonly TestDatabase database;
    private readonly Version version;
    private readonly Func<int, string?> value;
    private readonly int sharedRows;
    private readonly Task work;
    private int rounds;

    public Application(TestDatabase database, Version version, long firstRow, Func<int, string?> value, string? searchPath = null, int sharedRows = 0)
    {
        (this.database, this.version, this.value, this.sharedRows) = (database, version, value, sharedRows);
        work = Task.Run(() => WorkAsync(firstRow, searchPath));
    }

    /// <summary>The rows with the value that it wrote last.</summary>
    public IReadOnlyDictionary<long, string?> Written => written;

    /// <summary>How often it has written until now.</summary>
    public int Rounds => Volatile.Read(ref rounds);

    /// <summary>Whether it has ended by itself, which <see cref="StopAsync"/> says why.</summary>
    public bool HasEnded => work.IsCompleted;

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

    private async Task WorkAsync(long firstRow, string? searchPath)
    {
        await using var connection = await database.OpenAsync();
        if (searchPath is not null)
        {
            await using var path = new NpgsqlCommand($"SET search_path = {searchPath}", connection);
            await path.ExecuteNonQueryAsync();
        }

        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            await OwnAsync(connection, firstRow + (n % OwnRows), n);
            if (sharedRows > 0)
                await SharedAsync(connection, 1 + (n * 7 % sharedRows), n);
            Interlocked.Increment(ref rounds);
            // Others share the machine: it is the mixture of writes that counts, not their number.
            await Task.Delay(2);
        }
    }

    private async Task OwnAsync(NpgsqlConnection connection, long row, int n)
    {
        if (version.Delete is { } delete && n % 7 == 6 && written.Remove(row))
        {
            await RunAsync(connection, delete, row);
            return;
        }

        var now = value(n);
        await RunAsync(connection, written.ContainsKey(row) ? version.Update : version.Insert, row, now);
        written[row] = now;
        (await RunAsync(connection, version.Read, row)).ShouldBe(now, $"row {row}");
    }

    private async Task SharedAsync(NpgsqlConnection connection, long row, int n)
    {
        try
        {
            if (n % 5 == 0)
                await RunAsync(connection, version.Delete!, row);
            else
                await RunAsync(connection, n % 5 == 1 ? version.Insert : version.Update, row, value(n));
        }
        // Somebody else has inserted or deleted the row.
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation)
        {
        }
    }

    private static Task<string?> RunAsync(NpgsqlConnection connection, string sql, long row) => RunAsync(connection, sql, row, hasValue: false, null);

    private static Task<string?> RunAsync(NpgsqlConnection connection, string sql, long row, string? value) => RunAsync(connection, sql, row, hasValue: true, value);

    private static async Task<string?> RunAsync(NpgsqlConnection connection, string sql, long row, bool hasValue, string? value)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row });
                if (hasValue)
                    command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
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
