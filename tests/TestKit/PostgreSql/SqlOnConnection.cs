using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>Several statements over one session.</summary>
public static class SqlOnConnection
{
    /// <summary>Runs them one by one: the product switches the driver's own splitting of commands off for the whole process.</summary>
    public static async Task ExecuteEachAsync(this NpgsqlConnection connection, string sql)
    {
        foreach (var statement in SqlSplitter.Split(sql, "test"))
        {
            await using var command = new NpgsqlCommand(statement.Text, connection) { CommandTimeout = 120 };
            await command.ExecuteNonQueryAsync();
        }
    }
}
