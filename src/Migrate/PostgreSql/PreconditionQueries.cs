using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>The question that a precondition asks, each answered by true or false but for <c>sqlCheck</c>.</summary>
internal static class PreconditionQueries
{
    private const string InSchema = "n.nspname = coalesce($1, current_schema())";

    public static NpgsqlCommand Of(Precondition condition, string series, NpgsqlConnection connection)
    {
        var schema = Name(condition["schemaName"]);
        return condition.Name switch
        {
            "sqlCheck" => With(condition["sql"]!),
            "tableExists" => Relation("'r', 'p', 'f'", condition["tableName"]),
            "viewExists" => Relation("'v'", condition["viewName"]),
            "sequenceExists" => Relation("'S'", condition["sequenceName"]),
            "columnExists" => With(
                $"""
                /* lk:migrate.column_exists */ SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE {InSchema} AND c.relname = $2 AND a.attname = $3 AND a.attnum > 0 AND NOT a.attisdropped)
                """, schema, Name(condition["tableName"]), Name(condition["columnName"])),
            "indexExists" => With(
                $"""
                /* lk:migrate.index_exists */ SELECT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE {InSchema} AND ($2::text IS NULL OR c.relname = $2) AND ($3::text IS NULL OR t.relname = $3)
                AND ($4::text IS NULL OR $4 = (SELECT string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k, false), ',' ORDER BY k) FROM generate_series(1, i.indnkeyatts::int) k)))
                """, schema, Name(condition["indexName"]), Name(condition["tableName"]), Columns(condition["columnNames"])),
            "foreignKeyConstraintExists" => Constraint("f", Name(condition["foreignKeyTableSchemaName"]) ?? schema, condition["foreignKeyName"], condition["foreignKeyTableName"], null),
            "primaryKeyExists" => Constraint("p", schema, condition["primaryKeyName"], condition["tableName"], null),
            "uniqueConstraintExists" => Constraint("u", schema, condition["constraintName"], condition["tableName"], Columns(condition["columnNames"])),
            "tableIsEmpty" => With($"/* lk:migrate.table_is_empty */ SELECT NOT EXISTS (SELECT FROM {SqlText.Qualified(schema, Name(condition["tableName"])!)})"),
            "rowCount" => With($"/* lk:migrate.row_count */ SELECT count(*)::text = $1 FROM {SqlText.Qualified(schema, Name(condition["tableName"])!)}", condition["expectedRows"]),
            "runningAs" => With("/* lk:migrate.running_as */ SELECT lower(session_user) = lower($1)", condition["username"]),
            "changeSetExecuted" => With(
                "/* lk:migrate.changeset_executed */ SELECT EXISTS (SELECT FROM lockkeeper.migrations WHERE series = $1 AND id = $2 AND outcome <> 'rolled_back')",
                series, $"{condition["changeLogFile"]}::{condition["id"]}::{condition["author"]}"),
            var other => throw new InvalidOperationException($"the precondition {other} was read and cannot be asked"),
        };

        NpgsqlCommand Relation(string kinds, string? name) => With(
            $"/* lk:migrate.relation_exists */ SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {InSchema} AND c.relkind IN ({kinds}) AND c.relname = $2)", schema, Name(name));

        NpgsqlCommand Constraint(string type, string? place, string? name, string? table, string? columns) => With(
            $"""
            /* lk:migrate.constraint_exists */ SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE {InSchema} AND k.contype = '{type}' AND ($2::text IS NULL OR k.conname = $2) AND ($3::text IS NULL OR c.relname = $3)
            AND ($4::text IS NULL OR $4 = (SELECT string_agg(a.attname, ',' ORDER BY o.place) FROM unnest(k.conkey) WITH ORDINALITY o(num, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.num)))
            """, place, Name(name), Name(table), columns);

        NpgsqlCommand With(string sql, params string?[] values)
        {
            var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            return command;
        }
    }

    /// <summary>Whether a query's only value is the expected one, as the text that JDBC gives of it.</summary>
    public static bool Matches(object? answer, string expected) => answer switch
    {
        null or DBNull => false,
        bool flag => expected.Trim().ToLowerInvariant() is var word && (flag ? word is "t" or "true" or "1" : word is "f" or "false" or "0"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture) == expected.Trim(),
        var text => text.ToString() == expected,
    };

    /// <summary>A name as the catalog has it: only one of capitals and small letters is meant as written.</summary>
    private static string? Name(string? name) => string.IsNullOrEmpty(name) ? null : name.Any(char.IsUpper) && name.Any(char.IsLower) ? name : name.ToLowerInvariant();

    private static string? Columns(string? columns) => string.IsNullOrEmpty(columns) ? null : string.Join(',', columns.Split(',', StringSplitOptions.TrimEntries).Select(Name));
}
