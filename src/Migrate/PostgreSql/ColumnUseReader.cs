using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Migrate.Running.Contracts;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Reads from pg_stat_statements which statements name a column, by PostgreSQL's own grammar, and from pg_stat_activity who is connected.</summary>
internal static class ColumnUseReader
{
    /// <summary>Stands in the statements of triggers that keep two tables equal: they are counted where pg_stat_statements tracks all, and are no application.</summary>
    public const string SyncMark = "/* lk:sync */";

    private const int LongestSample = 80;

    /// <summary>Reads the use of a column.</summary>
    /// <param name="connection">The target.</param>
    /// <param name="column">It, <c>schema.table.column</c> as the directive has it; <c>*</c> for the table itself.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ColumnUse> ReadAsync(NpgsqlConnection connection, string column, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            /* lk:migrate.contract_extension */
            SELECT quote_ident(n.nspname), to_regclass(quote_ident(n.nspname) || '.pg_stat_statements_info') IS NOT NULL, pg_has_role('pg_read_all_stats', 'MEMBER') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
            FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_stat_statements' AND EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.max')
            """, connection);
        var (place, hasInfo) = ("", false);
        await using (var row = await find.ExecuteReaderAsync(cancel))
        {
            if (!await row.ReadAsync(cancel))
                return None("pg_stat_statements is not installed in this database");
            if (!row.GetBoolean(2))
                return None("this role does not see the statements of others: GRANT pg_read_all_stats");
            (place, hasInfo) = (row.GetString(0), row.GetBoolean(1));
        }

        var (since, evicted) = hasInfo ? await InfoAsync(connection, place, cancel) : (null, null);
        var name = column.Split('.');
        var (schema, table, field) = name.Length > 2 ? (name[^3].Trim('"'), name[^2].Trim('"'), name[^1].Trim('"')) : ((string?)null, name[0].Trim('"'), name[^1].Trim('"'));
        var (statements, stars) = (new Dictionary<string, long>(StringComparer.Ordinal), 0);
        string? sample = null;
        var unread = 0;
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.contract_statements */
            SELECT queryid::text, query, sum(calls)::int8 FROM {place}.pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '/* lk:%' AND query ~* '^\s*(/\*.*?\*/\s*)*(select|insert|update|delete|merge|with|copy)\M'
              AND strpos(query, $1) > 0 AND strpos(query, '{SyncMark}') = 0
            GROUP BY queryid, query
            """, connection) { Parameters = { new NpgsqlParameter { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (id, text, calls) = (reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
            if (QueryNames.Of(new KnownQuery(text, calls)) is not { } names)
            {
                unread++;
                continue;
            }

            if (!names.Tables.Any(one => IsTable(one, schema, table)))
                continue;
            if (field == "*" || names.Columns.Any(one => one.Name == field && (one.Of is null || names.Aliases[one.Of].Any(meant => IsTable(meant, schema, table)))))
            {
                statements[id] = statements.GetValueOrDefault(id) + calls;
                sample ??= Short(text);
            }
            else if (text.Contains('*', StringComparison.Ordinal))
            {
                stars++;
            }
        }

        return new ColumnUse(null, statements, sample, since, evicted,
        [
            .. stars > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{stars} statements with * over {table} read every column, and nobody can tell whether they use this one")] : Array.Empty<string>(),
            .. unread > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{unread} statements that name {table} are cut off or unknown to the grammar")] : Array.Empty<string>(),
            .. hasInfo ? [] : new[] { "this version of pg_stat_statements does not say when it was reset or what it threw out" },
        ]);

        static ColumnUse None(string why) => new(why, new Dictionary<string, long>(), null, null, null, []);
    }

    /// <summary>The sessions whose application_name fits a pattern, with how many there are of each.</summary>
    public static async Task<IReadOnlyList<string>> ApplicationsAsync(NpgsqlConnection connection, string pattern, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.contract_applications */
            SELECT application_name, count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name LIKE $1
            GROUP BY 1 ORDER BY 2 DESC, 1
            """, connection)
        {
            Parameters = { new NpgsqlParameter { Value = pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace('*', '%') } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<string>();
        while (await reader.ReadAsync(cancel))
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{reader.GetString(0)} ({reader.GetInt64(1)})"));
        return found;
    }

    private static async Task<(DateTimeOffset? Since, long? Evicted)> InfoAsync(NpgsqlConnection connection, string place, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.contract_info */ SELECT stats_reset, dealloc FROM {place}.pg_stat_statements_info", connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel) ? (row.IsDBNull(0) ? null : row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1)) : (null, null);
    }

    private static bool IsTable((string? Schema, string Name) written, string? schema, string table) => written.Name == table && (written.Schema is null || schema is null || written.Schema == schema);

    private static string Short(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestSample ? line : line[..LongestSample].TrimEnd() + " …";
    }
}
