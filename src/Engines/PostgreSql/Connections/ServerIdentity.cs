using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>Who answers at the other end of a connection.</summary>
/// <param name="VersionNumber"><c>server_version_num</c>, for example 150018.</param>
/// <param name="Version">The version as the server says it, for example <c>15.18 (Debian …)</c>.</param>
/// <param name="Database">The database.</param>
/// <param name="User">The role.</param>
/// <param name="IsStandby">Whether it is in recovery.</param>
/// <param name="IsReadOnly">Whether new transactions are read-only.</param>
/// <param name="IsPooled">Whether a pooler stands in between.</param>
public sealed record ServerIdentity(int VersionNumber, string Version, string Database, string User, bool IsStandby, bool IsReadOnly, bool IsPooled)
{
    /// <summary>The oldest major version that the catalog queries are written for.</summary>
    public const int OldestMajor = 13;

    /// <summary>The major version.</summary>
    public int Major => VersionNumber / 10_000;

    /// <summary>Reads it; one round trip.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<ServerIdentity> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:connections.identity */
            SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_database()::text, current_user::text,
                   pg_is_in_recovery(), current_setting('default_transaction_read_only')::bool, pg_backend_pid()
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        // PgBouncer hands out a cancel key of its own with an invented process id, so the two numbers differ exactly when a pooler is there.
        var identity = new ServerIdentity(
            row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetBoolean(5), row.GetInt32(6) != connection.ProcessID);
        if (identity.Major < OldestMajor)
            throw new LockkeeperException(PostgreSqlErrors.VersionTooOld, $"the server is PostgreSQL {identity.Version}, and the oldest supported one is {OldestMajor}", "Upgrade the server.");
        return identity;
    }

    /// <summary>Fails when the server takes no changes.</summary>
    /// <param name="where">The server, for the message.</param>
    public void RequireWritable(string where)
    {
        if (IsStandby)
            throw new LockkeeperException(PostgreSqlErrors.ReadOnlyServer, $"{where} is a standby", "Point the target at the primary; target_session_attrs=primary in the URL chooses it among several hosts.");
        if (IsReadOnly)
            throw new LockkeeperException(PostgreSqlErrors.ReadOnlyServer, $"{where} is set to read-only transactions", "Lift default_transaction_read_only for this role or database.");
    }
}
