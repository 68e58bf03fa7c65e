using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Expand;

/// <summary>Reads a table, its columns and what is made over them from the catalog of a shadow.</summary>
/// <param name="connection">The shadow.</param>
internal sealed class TableReader(NpgsqlConnection connection)
{
    /// <summary>Reads a table.</summary>
    /// <param name="written">Its name as somebody wrote it, perhaps with its schema.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">It is not there, or is no plain table.</exception>
    public async Task<TableFacts> ReadAsync(string written, CancellationToken cancel)
    {
        var parts = written.Split('.', 2);
        var found = await RowsAsync(
            """
            /* lk:migrate.expand_table */
            SELECT c.oid, n.nspname::text, c.relname::text, n.nspname = current_schema(), c.relkind::text,
                c.relispartition OR EXISTS (SELECT FROM pg_inherits h WHERE c.oid IN (h.inhrelid, h.inhparent)),
                ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
                ARRAY(SELECT a.attname::text FROM pg_constraint k, unnest(k.conkey) WITH ORDINALITY p (attnum, place) JOIN pg_attribute a ON a.attnum = p.attnum
                    WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attrelid = c.oid ORDER BY p.place),
                ARRAY(SELECT t.tgname::text FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgtype & 3 = 3),
                ARRAY(SELECT relname::text FROM pg_class o WHERE o.relnamespace = n.oid UNION SELECT conname::text FROM pg_constraint o WHERE o.connamespace = n.oid
                    UNION SELECT proname::text FROM pg_proc o WHERE o.pronamespace = n.oid), c.relrowsecurity
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = $1 AND CASE WHEN $2 = '' THEN pg_table_is_visible(c.oid) ELSE n.nspname = $2 END AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            """,
            reader => (
                Table: new TableFacts(
                    reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetString(2), SqlName.Of(reader.GetBoolean(3) ? null : reader.GetString(1), reader.GetString(2)),
                    reader.GetFieldValue<string[]>(6), reader.GetFieldValue<string[]>(7), reader.GetFieldValue<string[]>(8), reader.GetFieldValue<string[]>(9).ToHashSet(StringComparer.Ordinal)) { HasRowSecurity = reader.GetBoolean(10) },
                Kind: reader.GetString(4), IsPartOfMany: reader.GetBoolean(5)),
            cancel, parts[^1], parts.Length > 1 ? parts[0] : "");
        if (found.Count == 0)
            throw new LockkeeperException(MigrateErrors.NotExpandable, $"there is no table {written} after the last migration", "Write it as in the catalog, with its schema where that is not the first of the search path.");
        var (table, kind, isPartOfMany) = found[0];
        var what = kind switch { "p" => "a partitioned table", "v" => "a view", "m" => "a materialized view", "f" => "a foreign table", _ when isPartOfMany => "a partition, or has tables that inherit from it", _ => null };
        return what is null ? table with { Grants = await GrantsAsync(table.Id, cancel) } : throw new LockkeeperException(
            MigrateErrors.NotExpandable, $"{written} is {what}, and this works on plain tables", "Write the phases by hand, for each partition or table below it, or for the table that the view reads.");
    }

    /// <summary>What roles may do with the whole table; the owner may everything.</summary>
    private Task<IReadOnlyList<ColumnGrant>> GrantsAsync(uint table, CancellationToken cancel) => RowsAsync(
        """
        /* lk:migrate.expand_table_grants */
        SELECT g.privilege_type::text, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, g.is_grantable
        FROM pg_class c, aclexplode(c.relacl) g WHERE c.oid = $1 AND g.grantee <> c.relowner ORDER BY 2, 1
        """,
        reader => new ColumnGrant(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)), cancel, table);

    /// <summary>What roles may do with single columns of a table.</summary>
    public Task<IReadOnlyList<(ColumnGrant Grant, string Column)>> ColumnGrantsAsync(TableFacts table, CancellationToken cancel) => RowsAsync(
        """
        /* lk:migrate.expand_all_column_grants */
        SELECT g.privilege_type::text, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, g.is_grantable, a.attname::text
        FROM pg_attribute a, aclexplode(a.attacl) g WHERE a.attrelid = $1 AND NOT a.attisdropped ORDER BY a.attnum, 2, 1
        """,
        reader => (new ColumnGrant(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)), reader.GetString(3)), cancel, table.Id);

    /// <summary>Reads a column.</summary>
    /// <exception cref="LockkeeperException">It is not there, or is computed.</exception>
    public async Task<ColumnFacts> ColumnAsync(TableFacts table, string column, CancellationToken cancel)
    {
        var grants = await RowsAsync(
            """
            /* lk:migrate.expand_grants */
            SELECT g.privilege_type::text, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, g.is_grantable
            FROM pg_attribute a, aclexplode(a.attacl) g WHERE a.attrelid = $1 AND a.attname = $2 ORDER BY 2, 1
            """,
            reader => new ColumnGrant(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)), cancel, table.Id, column);
        var found = await RowsAsync(
            """
            /* lk:migrate.expand_column */
            SELECT format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(f.adbin, f.adrelid), a.attidentity::text, a.attgenerated::text,
                CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
                CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
                CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::int END, col_description(a.attrelid, a.attnum),
                (SELECT d.objid::regclass::text FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
                    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i'))
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
            WHERE a.attrelid = $1 AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped
            """,
            reader => new ColumnFacts
            {
                Name = column,
                Type = reader.GetString(0),
                NotNull = reader.GetBoolean(1),
                IsGenerated = reader.GetString(4).Length > 0,
                Default = reader.IsDBNull(2) ? null : reader.GetString(2),
                Identity = reader.GetString(3) switch { "a" => "ALWAYS", "d" => "BY DEFAULT", _ => null },
                Collation = Text(reader, 5),
                Storage = Text(reader, 6),
                StatisticsTarget = reader.IsDBNull(7) ? null : reader.GetInt32(7),
                Comment = Text(reader, 8),
                Sequence = Text(reader, 9),
                Grants = grants,
            },
            cancel, table.Id, column);
        if (found is not [var facts])
            throw new LockkeeperException(MigrateErrors.NotExpandable, $"{table.Written} has no column {column} after the last migration", $"Its columns are: {string.Join(", ", table.Columns)}.");
        return facts is { IsGenerated: false } ? facts
            : throw new LockkeeperException(MigrateErrors.NotExpandable, $"{column} of {table.Written} is generated from other columns", "Change those, or drop it and make it again.");
    }

    /// <summary>The indexes and constraints over a column, in the server's words.</summary>
    public Task<IReadOnlyList<Dependent>> DependentsAsync(TableFacts table, string column, CancellationToken cancel) => RowsAsync(
        """
        /* lk:migrate.expand_dependents */
        WITH col AS (SELECT attrelid, attnum FROM pg_attribute WHERE attrelid = $1 AND attname = $2)
        SELECT 'Index', n.nspname::text, c.relname::text, n.nspname = current_schema(), i.relname::text, pg_get_indexdef(i.oid), NULL, obj_description(i.oid, 'pg_class'), x.indisvalid
        FROM col JOIN pg_index x ON x.indrelid = col.attrelid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = i.relnamespace
        WHERE EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = col.attrelid AND d.refobjsubid = col.attnum)
        UNION ALL
        SELECT CASE WHEN k.contype = 'f' AND k.confrelid = col.attrelid AND col.attnum = ANY (k.confkey) THEN 'Inbound'
                ELSE CASE k.contype WHEN 'p' THEN 'Primary' WHEN 'u' THEN 'Unique' WHEN 'c' THEN 'Check' WHEN 'f' THEN 'Foreign' END END,
            n.nspname::text, c.relname::text, n.nspname = current_schema(), k.conname::text, pg_get_constraintdef(k.oid), CASE WHEN k.contype IN ('p', 'u') THEN pg_get_indexdef(k.conindid) END,
            obj_description(k.oid, 'pg_constraint'), k.convalidated
        FROM col JOIN pg_constraint k ON col.attrelid IN (k.conrelid, k.confrelid) JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype IN ('p', 'u', 'c', 'f') AND EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = col.attrelid AND d.refobjsubid = col.attnum)
        ORDER BY 1, 2, 3, 5
        """,
        reader => new Dependent(
            Enum.Parse<DependentKind>(reader.GetString(0)), reader.GetString(1), reader.GetString(2), SqlName.Of(reader.GetBoolean(3) ? null : reader.GetString(1), reader.GetString(2)),
            reader.GetString(4), reader.GetString(5), Text(reader, 6), Text(reader, 7), reader.GetBoolean(8)),
        cancel, table.Id, column);

    /// <summary>What else hangs on a column and would be lost with it, in the server's words.</summary>
    public Task<IReadOnlyList<string>> ObstaclesAsync(TableFacts table, string column, CancellationToken cancel) => RowsAsync(
        """
        /* lk:migrate.expand_obstacles */
        SELECT DISTINCT CASE WHEN d.classid = 'pg_rewrite'::regclass
                THEN (SELECT CASE v.relkind WHEN 'm' THEN 'materialized view ' WHEN 'v' THEN 'view ' ELSE 'rule on ' END || v.oid::regclass FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class WHERE r.oid = d.objid)
            ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END
        FROM pg_attribute a JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
        WHERE a.attrelid = $1 AND a.attname = $2
          AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid AND k.contype IN ('p', 'u', 'c', 'f')))
          AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class c LEFT JOIN pg_index x ON x.indexrelid = c.oid WHERE c.oid = d.objid AND (c.relkind = 'S' OR (c.relkind = 'i' AND NOT x.indisreplident))))
          AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef f WHERE f.oid = d.objid AND f.adrelid = a.attrelid AND f.adnum = a.attnum))
        ORDER BY 1
        """,
        reader => reader.GetString(0), cancel, table.Id, column);

    /// <summary>Functions whose body names both the table, or runs as its trigger, and a column of it: the catalog does not follow those.</summary>
    public Task<IReadOnlyList<string>> FunctionsAsync(TableFacts table, string column, CancellationToken cancel) => RowsAsync(
        """
        /* lk:migrate.expand_functions */
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') AND p.prolang NOT IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal'))
          AND strpos(p.prosrc, $2) > 0 AND (strpos(p.prosrc, $1) > 0 OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = p.oid AND t.tgrelid = $3))
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        ORDER BY 1
        """,
        reader => reader.GetString(0), cancel, table.Name, column, table.Id);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value is uint ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid } : new NpgsqlParameter { Value = value });

        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        return rows;
    }
}
