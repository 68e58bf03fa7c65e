using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Observe.Top;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>Asks for the plan of a statement that somebody else has sent. It is never executed.</summary>
/// <remarks>
/// The text is whatever a client has sent. It goes after options in parentheses, or after PREPARE … AS, where the grammar takes nothing but one statement that can be planned; by the extended protocol,
/// which refuses a second one; and in a transaction that can only read and is rolled back.
/// </remarks>
internal static partial class StatementExplain
{
    private static readonly string[] planned = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "WITH", "TABLE", "("];

    /// <summary>Whether the server has cut a text off.</summary>
    /// <param name="text">The text as pg_stat_activity shows it.</param>
    /// <param name="size">The server's track_activity_query_size.</param>
    public static bool IsCutOff(string text, int size) => Encoding.UTF8.GetByteCount(text) >= size - 4;

    /// <summary>Why a text has no plan; null when it may have one.</summary>
    public static string? WhyNot(string text, int size)
    {
        if (text.Length == 0)
            return "the text of the statement is not known";
        if (text.StartsWith("<insufficient privilege>", StringComparison.Ordinal))
            return "the role may not see this statement: it lacks pg_read_all_stats";
        if (IsCutOff(text, size) && !HasParameters(text))
            return $"the server has cut the statement off after {size} bytes (track_activity_query_size)";
        IReadOnlyList<SqlStatement> statements;
        try
        {
            statements = SqlSplitter.Split(text, "the statement");
        }
        catch (LockkeeperException e)
        {
            return e.Message;
        }

        if (statements.Count != 1)
            return $"these are {statements.Count} statements; only one has a plan";
        return Array.Exists(planned, word => statements[0].Text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? null : "a statement of this kind has no plan";
    }

    /// <summary>Asks for the plan.</summary>
    public static Task<IReadOnlyList<string>> RunAsync(DatabaseSession session, StatementToExplain statement, CancellationToken cancel) => session.RolledBackAsync(
        async () =>
        {
            var connection = session.Connection;
            var text = SqlSplitter.Split(statement.Text, "the statement")[0].Text;
            try
            {
                await AsUserAsync(connection, statement.User, cancel);
                if (!HasParameters(text))
                    return await LinesAsync(connection, "/* lk:observe.top.explain */ EXPLAIN (COSTS) " + text, cancel);
                return await OfAnyParametersAsync(connection, text, cancel);
            }
            catch (PostgresException e)
            {
                return ["the server gives no plan: " + e.MessageText, .. e.Hint is { Length: > 0 } hint ? new[] { hint } : []];
            }
        },
        cancel);

    /// <summary>With the names and the rows that the statement's own role sees, where ours may become that one.</summary>
    private static async Task AsUserAsync(NpgsqlConnection connection, string user, CancellationToken cancel)
    {
        var right = connection.PostgreSqlVersion.Major >= 16 ? "SET" : "MEMBER";
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:observe.top.explain */
            SELECT set_config('search_path', coalesce(
                       (SELECT substr(one, 13) FROM pg_db_role_setting s, unnest(s.setconfig) one
                        WHERE one LIKE 'search\_path=%' AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1)) AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                        ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC LIMIT 1),
                       (SELECT reset_val FROM pg_settings WHERE name = 'search_path')), true),
                   CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND rolname <> current_user AND pg_has_role(oid, '{right}')) THEN set_config('role', $1, true) END
            """,
            connection);
        command.Parameters.AddWithValue(user);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The plan of any parameters. How many there are the server says, which knows a parameter from a dollar in a literal.</summary>
    private static async Task<IReadOnlyList<string>> OfAnyParametersAsync(NpgsqlConnection connection, string text, CancellationToken cancel)
    {
        const string Name = "lockkeeper_explain";
        await RunAsync(connection, "SET LOCAL plan_cache_mode = force_generic_plan", cancel);
        await RunAsync(connection, $"PREPARE {Name} AS {text}", cancel);
        await RunAsync(connection, "SAVEPOINT planned", cancel);
        try
        {
            var count = (await Rows.ReadAsync(connection, $"/* lk:observe.top.explain */ SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = '{Name}'", row => row.GetInt32(0), cancel))[0];
            return connection.PostgreSqlVersion.Major >= 16
                ? await GenericAsync(connection, text, cancel)
                : await LinesAsync(connection, $"/* lk:observe.top.explain */ EXPLAIN EXECUTE {Name}{(count == 0 ? "" : "(" + string.Join(", ", Enumerable.Repeat("NULL", count)) + ")")}", cancel);
        }
        finally
        {
            // A prepared statement outlives its transaction, and the connection may be a pooler's.
            await RunAsync(connection, "ROLLBACK TO SAVEPOINT planned", CancellationToken.None);
            await RunAsync(connection, "DEALLOCATE " + Name, CancellationToken.None);
        }
    }

    /// <summary>From PostgreSQL 16 on. EXECUTE prunes partitions by the values, which are none; GENERIC_PLAN shows them all.</summary>
    /// <remarks>The driver's protocol wants values for the parameters, and with those the plan is theirs: so the server asks itself. That the text is one statement PREPARE has shown.</remarks>
    private static async Task<IReadOnlyList<string>> GenericAsync(NpgsqlConnection connection, string text, CancellationToken cancel)
    {
        await using (var statement = new NpgsqlCommand("/* lk:observe.top.explain */ SELECT set_config('lockkeeper.statement', $1, true)", connection))
        {
            statement.Parameters.AddWithValue(text);
            await statement.ExecuteNonQueryAsync(cancel);
        }

        await RunAsync(
            connection,
            """
            DO $$
            DECLARE line text; plan text[] := '{}';
            BEGIN
                FOR line IN EXECUTE 'EXPLAIN (GENERIC_PLAN) ' || current_setting('lockkeeper.statement') LOOP plan := plan || line; END LOOP;
                PERFORM set_config('lockkeeper.plan', array_to_string(plan, chr(10)), true);
            END $$
            """,
            cancel);
        return (await LinesAsync(connection, "/* lk:observe.top.explain */ SELECT current_setting('lockkeeper.plan')", cancel))[0].Split('\n');
    }

    private static Task<IReadOnlyList<string>> LinesAsync(NpgsqlConnection connection, string sql, CancellationToken cancel) => Rows.ReadAsync(connection, sql, row => row.GetString(0), cancel);

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("/* lk:observe.top.explain */ " + sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static bool HasParameters(string text) => Parameter().IsMatch(text);

    [GeneratedRegex(@"\$\d", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Parameter();
}
