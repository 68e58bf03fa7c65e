using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>What is left of a transaction after an error.</summary>
internal static class BrokenTransaction
{
    /// <summary>Whether the connection went with the error, so that only the server can say what is in place.</summary>
    public static bool IsLost(Exception error, NpgsqlConnection connection) => ServerErrors.IsConnectionLost(error) || IsGone(connection);

    /// <summary>Ends it; false when the connection is gone, and the server has ended it by itself or does so soon.</summary>
    public static async Task<bool> RollBackAsync(NpgsqlConnection connection)
    {
        try
        {
            if (IsGone(connection))
                return false;
            await using var rollback = new NpgsqlCommand("ROLLBACK", connection);
            await rollback.ExecuteNonQueryAsync(CancellationToken.None);
            return true;
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsGone(NpgsqlConnection connection) => connection.State != System.Data.ConnectionState.Open || connection.FullState.HasFlag(System.Data.ConnectionState.Broken);
}
