using System.Collections.Immutable;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Reads from a target's catalog what the rules want to know. Nothing but SELECT is sent, in one read-only transaction.</summary>
internal static class CatalogReader
{
    /// <summary>Statements of the applications that are looked at: the most called ones.</summary>
    private const int MostQueries = 2_000;

    private const string OfUsers = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";

    /// <summary>Reads.</summary>
    /// <param name="server">The target.</param>
    /// <param name="searchPath">The schemas of the configuration; empty for the server's own.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<CatalogFacts> ReadAsync(PostgreSqlServer server, IReadOnlyList<string> searchPath, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using (var readOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection))
            await readOnly.ExecuteNonQueryAsync(cancel);
        var (version, schemaName) = await ReadServerAsync(connection, cancel);
        var schema = KnownSchema.Empty with { DefaultSchema = searchPath.FirstOrDefault() ?? schemaName };
        schema = await ReadTablesAsync(connection, schema, cancel);
        schema = await ReadColumnsAsync(connection, schema, cancel);
        schema = await ReadConstraintsAsync(connection, schema, cancel);
        schema = await ReadIndexesAsync(connection, schema, cancel);
        schema = await ReadReadersAsync(connection, schema, cancel);
        schema = await ReadTypesAsync(connection, schema, cancel);
        var notChecked = new List<string>();
        schema = await SequenceReader.ReadAsync(connection, schema, notChecked, cancel);
        await transaction.RollbackAsync(cancel);
        var queries = await ReadQueriesAsync(connection, notChecked, cancel);
        return new CatalogFacts(schema, version, notChecked) { Queries = queries };
    }

    private static async Task<(int Version, string Schema)> ReadServerAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("/* lk:migrate.lint_server */ SELECT current_setting('server_version_num')::int, coalesce(current_schema(), 'public')", connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt32(0), row.GetString(1));
    }

    private static async Task<KnownSchema> ReadTablesAsync(NpgsqlConnection connection, KnownSchema schema, CancellationToken cancel)
    {
        var tables = schema.Tables.ToBuilder();
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.lint_tables */
            SELECT n.nspname, c.relname, c.relkind::text,
                CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(l.reltuples, 0))::int8 FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf) ELSE c.reltuples::int8 END,
                CASE WHEN c.relkind = 'p' THEN (SELECT sum(l.relpages)::int8 FROM pg_partition_tree(c.oid) t JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf) ELSE c.relpages::int8 END * current_setting('block_size')::int8,
                pn.nspname, p.relname,
                (SELECT string_agg(pubname, E'\x1f' ORDER BY pubname) FROM pg_publication_tables pt WHERE pt.schemaname = n.nspname AND pt.tablename = c.relname),
                c.relispartition AND pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT',
                (SELECT string_agg(a.attname, E'\x1f' ORDER BY u.place) FROM pg_partitioned_table k CROSS JOIN LATERAL unnest(k.partattrs::int2[]) WITH ORDINALITY u (number, place)
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number WHERE k.partrelid = c.oid AND k.partexprs IS NULL)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
            LEFT JOIN pg_class p ON p.oid = i.inhparent LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OfUsers}
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var name = SqlName.Of(row.GetString(0), row.GetString(1));
            tables[name] = new KnownTable(name, KindOf(row.GetString(2)))
            {
                HasAllColumns = true,
                // A partitioned table without partitions has no sums.
                Rows = await row.IsDBNullAsync(3, cancel) ? 0 : row.GetInt64(3),
                Bytes = await row.IsDBNullAsync(4, cancel) ? 0 : row.GetInt64(4),
                PartitionOf = await row.IsDBNullAsync(6, cancel) ? null : SqlName.Of(row.GetString(5), row.GetString(6)),
                Publications = await row.IsDBNullAsync(7, cancel) ? [] : [.. row.GetString(7).Split('\x1f')],
                IsDefaultPartition = !await row.IsDBNullAsync(8, cancel) && row.GetBoolean(8),
                PartitionKey = await row.IsDBNullAsync(9, cancel) ? [] : [.. row.GetString(9).Split('\x1f')],
            };
        }

        return schema with { Tables = tables.ToImmutable() };
    }

    private static async Task<KnownSchema> ReadColumnsAsync(NpgsqlConnection connection, KnownSchema schema, CancellationToken cancel)
    {
        var columns = new Dictionary<string, ImmutableDictionary<string, KnownColumn>.Builder>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.lint_columns */
            SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef OR a.attidentity <> ''
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {OfUsers}
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var table = SqlName.Of(row.GetString(0), row.GetString(1));
            if (!columns.TryGetValue(table, out var known))
                columns.Add(table, known = ImmutableDictionary.CreateBuilder<string, KnownColumn>(StringComparer.Ordinal));
            known[row.GetString(2)] = new KnownColumn(row.GetString(2), ColumnType.Parse(row.GetString(3)), row.GetBoolean(4), row.GetBoolean(5));
        }

        return schema with { Tables = schema.Tables.SetItems(columns.Where(pair => schema.Tables.ContainsKey(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, schema.Tables[pair.Key] with { Columns = pair.Value.ToImmutable() }))) };
    }

    private static async Task<KnownSchema> ReadConstraintsAsync(NpgsqlConnection connection, KnownSchema schema, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.lint_constraints */
            SELECT n.nspname, c.relname, k.conname, k.contype::text, k.convalidated, rn.nspname, r.relname,
                (SELECT string_agg(a.attname, E'\x1f' ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY u (number, place) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number),
                CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_class r ON r.oid = k.confrelid LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
            WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND {OfUsers}
            ORDER BY k.oid
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var constraints = new Dictionary<string, ImmutableList<KnownConstraint>.Builder>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancel))
        {
            var table = SqlName.Of(row.GetString(0), row.GetString(1));
            var kind = row.GetString(3) switch { "c" => ConstraintKind.Check, "f" => ConstraintKind.ForeignKey, "p" => ConstraintKind.Primary, "u" => ConstraintKind.Unique, _ => ConstraintKind.Exclusion };
            var columns = await row.IsDBNullAsync(7, cancel) ? [] : row.GetString(7).Split('\x1f');
            var mentions = columns;
            if (kind == ConstraintKind.Check)
                columns = NeverNull(row.GetString(8), columns);
            if (!constraints.TryGetValue(table, out var known))
                constraints.Add(table, known = ImmutableList.CreateBuilder<KnownConstraint>());
            known.Add(new KnownConstraint(row.GetString(2), kind, [.. columns], row.GetBoolean(4)) { References = await row.IsDBNullAsync(6, cancel) ? null : SqlName.Of(row.GetString(5), row.GetString(6)), Mentions = [.. mentions] });
        }

        return schema with { Tables = schema.Tables.SetItems(constraints.Where(pair => schema.Tables.ContainsKey(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, schema.Tables[pair.Key] with { Constraints = pair.Value.ToImmutable() }))) };
    }

    /// <summary>The columns that a check keeps from being NULL, of the form that pg_get_expr gives: <c>(a IS NOT NULL)</c>, several joined by AND.</summary>
    private static string[] NeverNull(string expression, string[] columns)
    {
        var parts = expression.TrimStart('(').TrimEnd(')').Split(") AND (").Select(part => part.Trim('(', ')', ' ')).ToList();
        return [.. columns.Where(column => parts.Contains($"{SqlName.Of(column)} IS NOT NULL"))];
    }

    private static async Task<KnownSchema> ReadIndexesAsync(NpgsqlConnection connection, KnownSchema schema, CancellationToken cancel)
    {
        var indexes = new List<KeyValuePair<string, KnownIndex>>();
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.lint_indexes */
            SELECT n.nspname, c.relname, tn.nspname, t.relname, i.indisunique, i.indpred IS NOT NULL, i.indisvalid, m.amname,
                (SELECT string_agg(coalesce(a.attname, ''), E'\x1f' ORDER BY u.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY u (number, place)
                    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number AND u.number > 0 WHERE u.place <= i.indnkeyatts),
                pg_get_expr(i.indpred, i.indrelid),
                NOT EXISTS (SELECT FROM unnest(i.indoption::int2[]) o WHERE o <> 0) AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) o JOIN pg_opclass oc ON oc.oid = o WHERE NOT oc.opcdefault),
                (SELECT string_agg(DISTINCT a.attname, E'\x1f') FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND (a.attnum = ANY (i.indkey::int2[]) OR a.attnum IN (
                    SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid)))
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace JOIN pg_am m ON m.oid = c.relam
            WHERE {OfUsers}
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var name = SqlName.Of(row.GetString(0), row.GetString(1));
            indexes.Add(KeyValuePair.Create(name, new KnownIndex(name, SqlName.Of(row.GetString(2), row.GetString(3)), [.. row.GetString(8).Split('\x1f').Select(column => column.Length == 0 ? null : column)])
            {
                IsUnique = row.GetBoolean(4), IsPartial = row.GetBoolean(5), IsValid = row.GetBoolean(6), Method = row.GetString(7), IsPlain = row.GetBoolean(10),
                SkipsOnlyNulls = !await row.IsDBNullAsync(9, cancel) && IsOnlyNotNull(row.GetString(9), row.GetString(8).Split('\x1f')),
                Mentions = await row.IsDBNullAsync(11, cancel) ? [] : [.. row.GetString(11).Split('\x1f')],
            }));
        }

        return schema with { Indexes = schema.Indexes.SetItems(indexes) };
    }

    /// <summary>Whether a predicate is <c>(a IS NOT NULL)</c> of one column of the key.</summary>
    private static bool IsOnlyNotNull(string predicate, string[] key) => key.Any(column => column.Length > 0 && predicate == $"({SqlName.Of(column)} IS NOT NULL)");

    private static async Task<KnownSchema> ReadReadersAsync(NpgsqlConnection connection, KnownSchema schema, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:migrate.lint_views */
            SELECT n.nspname, c.relname, vn.nspname, v.relname, string_agg(DISTINCT a.attname, E'\x1f')
            FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace
            JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.attnum > 0
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND c.oid <> v.oid AND {OfUsers}
            GROUP BY 1, 2, 3, 4
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var reader = SqlName.Of(row.GetString(2), row.GetString(3));
            var columns = await row.IsDBNullAsync(4, cancel) ? [] : row.GetString(4).Split('\x1f');
            schema = schema.Change(SqlName.Of(row.GetString(0), row.GetString(1)), table => columns.Aggregate(
                table with { ReadBy = table.ReadBy.Add(reader) }, (known, column) => known.Change(column, one => one with { ReadBy = one.ReadBy.Add(reader) })));
        }

        return schema;
    }

    private static async Task<KnownSchema> ReadTypesAsync(NpgsqlConnection connection, KnownSchema schema, CancellationToken cancel)
    {
        var types = schema.Types.ToBuilder();
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.lint_types */ SELECT n.nspname, t.typname, t.typtype::text, t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd') AND {OfUsers}", connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var name = SqlName.Of(row.GetString(0), row.GetString(1));
            types[name] = new KnownType(name, null) { IsEnumeration = row.GetString(2) == "e", IsDomain = row.GetString(2) == "d", IsConstrained = row.GetBoolean(3) };
        }

        return schema with { Types = types.ToImmutable() };
    }

    /// <summary>The statements of the applications; without the extension, or the privilege to read what others sent, the reason instead.</summary>
    private static async Task<IReadOnlyList<KnownQuery>> ReadQueriesAsync(NpgsqlConnection connection, List<string> notChecked, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("/* lk:migrate.lint_statements */ SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'", connection);
        if (await find.ExecuteScalarAsync(cancel) is not string place)
        {
            notChecked.Add("which columns and tables the applications still use: the extension pg_stat_statements is not installed in this database");
            return [];
        }

        var queries = new List<KnownQuery>();
        try
        {
            // The schema's name comes quoted from the catalog.
            await using var command = new NpgsqlCommand(
                $"""
                /* lk:migrate.lint_queries */
                SELECT query, sum(calls)::int8 FROM {place}.pg_stat_statements
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '/* lk:%' AND query ~* '^\s*(select|insert|update|delete|merge|with)\M'
                GROUP BY query ORDER BY 2 DESC LIMIT {MostQueries}
                """,
                connection);
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                if (row.GetString(0) != "<insufficient privilege>")
                    queries.Add(new KnownQuery(row.GetString(0), row.GetInt64(1)));
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            notChecked.Add($"which columns and tables the applications still use: {e.MessageText}");
            return [];
        }

        await using var privilege = new NpgsqlCommand("/* lk:migrate.lint_privilege */ SELECT pg_has_role(current_user, 'pg_read_all_stats', 'usage')", connection);
        if (await privilege.ExecuteScalarAsync(cancel) is false)
            notChecked.Add("statements that other roles send: this role is not a member of pg_read_all_stats");
        return queries;
    }

    private static RelationKind KindOf(string kind) => kind switch
    {
        "p" => RelationKind.PartitionedTable,
        "v" => RelationKind.View,
        "m" => RelationKind.MaterializedView,
        "f" => RelationKind.ForeignTable,
        _ => RelationKind.Table,
    };
}
