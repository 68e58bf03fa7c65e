using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Proof.Queries;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>The statements that a target's applications send, as pg_stat_statements keeps them, those with the most calls first.</summary>
/// <param name="notChecked">Takes what is not known, one sentence each.</param>
internal sealed partial class TargetStatements(ICollection<string> notChecked)
{
    /// <summary>Each is planned four times: more would take longer than what the rare ones among them are worth.</summary>
    private const int Most = 300;

    private static readonly string[] Plannable = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "("];

    /// <summary>Reads them.</summary>
    public async Task<IReadOnlyList<AskedQuery>> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        try
        {
            if (await SchemaAsync(connection, cancel) is { } schema)
            {
                await NoteEvictionsAsync(connection, schema, cancel);
                return Sort(await RowsAsync(connection, schema, cancel));
            }

            notChecked.Add("the target has no pg_stat_statements: which statements of its applications would fail or be run in another way is not known");
        }
        catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e))
        {
            notChecked.Add($"pg_stat_statements cannot be read ({e.MessageText}): which statements of the target's applications would fail or be run in another way is not known");
        }

        return [];
    }

    /// <summary>A statement's text when it can be planned; null for one of another kind.</summary>
    /// <remarks>pg_stat_statements puts a parameter where a constant was, also where the grammar takes none: <c>interval '1 day'</c> is <c>interval $1</c> there.</remarks>
    internal static string? Prepared(string text)
    {
        try
        {
            if (SqlSplitter.Split(text, "pg_stat_statements") is not [var statement])
                return null;
            var plain = statement.Text;
            return Plannable.Any(word => plain.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? TypedConstant().Replace(plain, "CAST(${value} AS ${type})") : null;
        }
        catch (LockkeeperException)
        {
            return null;
        }
    }

    private IReadOnlyList<AskedQuery> Sort(IReadOnlyList<(string Query, double PerHour)> rows)
    {
        var hidden = rows.Count(row => row.Query is "" or "<insufficient privilege>");
        if (hidden > 0)
            notChecked.Add($"{hidden} of the target's statements belong to other roles and are not shown to this one (pg_read_all_stats would): whether they would fail is not known");
        var queries = rows.Where(row => row.Query is not ("" or "<insufficient privilege>")).Select(row => (Text: Prepared(row.Query), row.PerHour)).ToList();
        if (queries.Count(query => query.Text is null) is > 0 and var others)
            notChecked.Add($"{others} of the target's statements are none that have a plan, such as SET and CREATE: whether they would fail is not known");
        var known = queries.Where(query => query.Text is not null).GroupBy(query => query.Text!).Select(group => new AskedQuery(group.Key, group.Sum(query => query.PerHour), null)).OrderByDescending(query => query.CallsPerHour).ToList();
        if (known.Count > Most)
            notChecked.Add($"the {known.Count - Most} statements with the fewest calls of the {known.Count} that the target has seen");
        return [.. known.Take(Most)];
    }

    private async Task NoteEvictionsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        if (connection.PostgreSqlVersion.Major < 14)
            return;
        await using var command = new NpgsqlCommand($"/* lk:migrate.proof_evictions */ SELECT dealloc FROM {SqlText.Qualified(schema, "pg_stat_statements_info")}", connection);
        if (await command.ExecuteScalarAsync(cancel) is > 0L and var times)
            notChecked.Add($"pg_stat_statements was full and threw out the least used statements {times} times since its last reset (pg_stat_statements.max): whether those would fail is not known");
    }

    private static async Task<string?> SchemaAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("/* lk:migrate.proof_extension */ SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'", connection);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private static async Task<IReadOnlyList<(string Query, double PerHour)>> RowsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        var since = connection.PostgreSqlVersion.Major >= 14
            ? $"(SELECT extract(epoch FROM now() - stats_reset) FROM {SqlText.Qualified(schema, "pg_stat_statements_info")})"
            : "(SELECT extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time())) FROM pg_stat_database WHERE datname = current_database())";
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.proof_queries */
            SELECT coalesce(query, ''), 3600 * calls / greatest({since}, 1)::float8 FROM {SqlText.Qualified(schema, "pg_stat_statements")}
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (query IS NULL OR query NOT LIKE '/* lk:%') ORDER BY calls DESC
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(string, double)>();
        while (await reader.ReadAsync(cancel))
            rows.Add((reader.GetString(0), reader.GetDouble(1)));
        return rows;
    }

    [GeneratedRegex(@"\b(?<type>interval|date|timestamp(?:tz| +with(?:out)? +time +zone)?|time|jsonb?|uuid|inet|point) +(?<value>\$\d+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TypedConstant();
}
