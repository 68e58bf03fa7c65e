using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>CREATE and DROP of a database, a tablespace or a subscription: the row in the shared catalog comes and goes with the statement's end.</summary>
/// <param name="shared">The object.</param>
/// <remarks>A DROP DATABASE that is interrupted leaves a database that nobody can connect to (PostgreSQL 15.4 and later), and the same statement drops it then.</remarks>
internal sealed class SharedObjectThere(SharedObject shared) : IExpectedEffect
{
    private const string Absent = "absent";

    public string Words => $"{shared.Kind.ToString().ToLowerInvariant()} {shared.Name} is {(shared.IsCreated ? "there" : "gone")}";

    public async Task<string> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            shared.Kind switch
            {
                SharedObjectKind.Database => "/* lk:migrate.database_there */ SELECT oid::text FROM pg_database WHERE datname = $1",
                SharedObjectKind.Tablespace => "/* lk:migrate.tablespace_there */ SELECT oid::text FROM pg_tablespace WHERE spcname = $1",
                _ => "/* lk:migrate.subscription_there */ SELECT s.oid::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE s.subname = $1 AND d.datname = current_database()",
            },
            connection) { Parameters = { new() { Value = shared.Name } } };
        return await command.ExecuteScalarAsync(cancel) as string ?? Absent;
    }

    public Standing Judge(string before, string now) =>
        now != before && (shared.IsCreated ? now != Absent : now == Absent) ? Standing.Done : Standing.Undone;

    public Task<bool> IsUnderWayAsync(NpgsqlConnection connection, CancellationToken cancel) => Task.FromResult(false);

    public Task<string> ClearAsync(NpgsqlConnection connection, FencedStatement sender, string before, CancellationToken cancel) => throw new InvalidOperationException("a shared object leaves nothing");
}
