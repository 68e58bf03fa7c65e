using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Puts three made-up rows into every empty table, so that what a migration does to rows can be seen.</summary>
/// <remarks>
/// The value of a column depends on its type and the row's number alone, so a foreign key finds its row where the types are the same. The numbers are high: rows
/// that a migration writes with small ones do not meet them. Triggers and foreign keys are off meanwhile; rows whose parents could not be made go again.
/// </remarks>
internal static class SeedRows
{
    private const string Fill =
        """
        /* lk:migrate.proof_rows */
        DO $lockkeeper$
        DECLARE
            t record; k record; tries int; columns text; vals text; missing boolean; again boolean := true; has_rows boolean;
        BEGIN
            CREATE SCHEMA IF NOT EXISTS lockkeeper;
            CREATE TABLE lockkeeper.proof_rows (name text PRIMARY KEY, filled boolean NOT NULL);
            SET LOCAL session_replication_role = replica;
            FOR t IN
                SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                ORDER BY c.oid
            LOOP
                EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.name) INTO has_rows;
                CONTINUE WHEN has_rows;
                -- First with a value in every column, then, when a check does not like them, only with those that must have one.
                FOR tries IN 1..2 LOOP
                    WITH RECURSIVE col AS (
                        SELECT a.attnum, a.attname, a.atttypid AS typ, a.atttypmod AS typmod, format_type(a.atttypid, a.atttypmod) AS spelled, a.attnotnull, a.atthasdef OR a.attidentity <> '' AS has_default,
                               EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = t.oid AND o.contype IN ('p', 'u', 'f') AND a.attnum = ANY (o.conkey))
                               OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisunique AND a.attnum = ANY (i.indkey::int2[])) AS is_key
                        FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                    ), base AS (
                        SELECT c.attnum, c.typ, c.typmod, c.typ AS base FROM col c
                        UNION ALL
                        SELECT b.attnum, b.typ, CASE WHEN y.typtypmod >= 0 THEN y.typtypmod ELSE b.typmod END, y.typbasetype FROM base b JOIN pg_type y ON y.oid = b.base WHERE y.typtype = 'd'
                    ), final AS (
                        SELECT DISTINCT ON (b.attnum) b.attnum, b.typmod, y.* FROM base b JOIN pg_type y ON y.oid = b.base WHERE y.typtype <> 'd' ORDER BY b.attnum
                    ), chosen AS (
                        SELECT c.attnum, quote_ident(c.attname) AS name, c.attnotnull AND NOT c.has_default AS needed, format('(%s)::%s', CASE
                            WHEN f.typtype = 'e' THEN (SELECT quote_literal(e.enumlabel) FROM pg_enum e WHERE e.enumtypid = f.oid ORDER BY e.enumsortorder LIMIT 1)
                            WHEN f.typcategory = 'A' THEN '''{}'''
                            WHEN f.typtype = 'r' THEN '''empty'''
                            WHEN f.typtype = 'm' THEN '''{}'''
                            WHEN f.typname = 'numeric' AND f.typmod >= 4 AND ((f.typmod - 4) >> 16 & 65535) - ((f.typmod - 4) & 2047) < 5 THEN 'g - 32000'
                            WHEN f.typname IN ('int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'oid') THEN 'g'
                            WHEN f.typname IN ('text', 'varchar', 'bpchar', 'name', 'citext') THEN 'reverse(g::text)'
                            WHEN f.typname = 'uuid' THEN '''00000000-0000-4000-8000-0000000'' || g'
                            WHEN f.typname = 'bool' THEN 'g % 2 = 0'
                            WHEN f.typname IN ('date', 'timestamp', 'timestamptz') THEN 'timestamp ''2001-01-01'' + (g - 32000) * interval ''1 day'''
                            WHEN f.typname IN ('time', 'timetz') THEN 'time ''00:00'' + (g - 32000) * interval ''1 minute'''
                            WHEN f.typname = 'interval' THEN '(g - 32000) * interval ''1 day'''
                            WHEN f.typname IN ('json', 'jsonb') THEN '''{}'''
                            WHEN f.typname = 'bytea' THEN 'decode(lpad(to_hex(g), 8, ''0''), ''hex'')'
                            WHEN f.typname IN ('inet', 'cidr') THEN '''10.0.0.'' || g - 32000'
                            WHEN f.typname = 'tsvector' THEN ''''''
                            WHEN f.typname = 'xml' THEN '''<a/>'''
                            WHEN f.typname = 'money' THEN '(g - 32000)'
                        END, c.spelled) AS value, c.has_default, c.is_key, f.typname
                        FROM col c JOIN final f USING (attnum)
                    )
                    SELECT string_agg(name, ', ' ORDER BY attnum), string_agg(value, ', ' ORDER BY attnum), coalesce(bool_or(needed AND value IS NULL), false) INTO columns, vals, missing
                    FROM chosen WHERE (value IS NOT NULL OR needed) AND (is_key OR needed OR (tries = 1 AND NOT has_default));
                    BEGIN
                        IF missing THEN
                            RAISE EXCEPTION 'a type that no value is known for';
                        ELSIF columns IS NULL THEN
                            EXECUTE format('INSERT INTO %s DEFAULT VALUES', t.name);
                        ELSE
                            EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM generate_series(32001, 32003) AS g', t.name, columns, vals);
                        END IF;
                        INSERT INTO lockkeeper.proof_rows VALUES (t.name, true);
                        EXIT;
                    EXCEPTION WHEN OTHERS THEN
                        IF tries = 2 THEN
                            INSERT INTO lockkeeper.proof_rows VALUES (t.name, false);
                        END IF;
                    END;
                END LOOP;
            END LOOP;
            WHILE again LOOP
                again := false;
                FOR k IN
                    SELECT r.name, format('SELECT EXISTS (SELECT FROM %s c WHERE (%s) AND NOT EXISTS (SELECT FROM %s p WHERE %s))', r.name,
                        string_agg(format('c.%I IS NOT NULL', a.attname), ' AND '), o.confrelid::regclass, string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ')) AS query
                    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN lockkeeper.proof_rows r ON r.filled AND r.name = format('%I.%I', n.nspname, c.relname)
                    CROSS JOIN LATERAL unnest(o.conkey, o.confkey) AS u(a, b)
                    JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = u.a JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = u.b
                    WHERE o.contype = 'f' GROUP BY r.name, o.oid, o.confrelid
                LOOP
                    EXECUTE k.query INTO has_rows;
                    IF has_rows THEN
                        EXECUTE format('DELETE FROM %s', k.name);
                        UPDATE lockkeeper.proof_rows SET filled = false WHERE name = k.name;
                        again := true;
                    END IF;
                END LOOP;
            END LOOP;
            FOR k IN SELECT c.oid, s.seqmax FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname <> 'lockkeeper' AND s.seqmax > 40000 LOOP
                PERFORM setval(k.oid::regclass, 33000) WHERE coalesce(pg_sequence_last_value(k.oid), 0) < 33000;
            END LOOP;
        END $lockkeeper$
        """;

    private const string Empty =
        """
        /* lk:migrate.proof_no_rows */
        DO $lockkeeper$
        DECLARE names text;
        BEGIN
            SET LOCAL session_replication_role = replica;
            SELECT string_agg(name, ', ') INTO names FROM lockkeeper.proof_rows WHERE filled;
            IF names IS NOT NULL THEN
                EXECUTE 'TRUNCATE ' || names || ' CASCADE';
            END IF;
        END $lockkeeper$
        """;

    /// <summary>Makes the rows.</summary>
    /// <returns>The tables that have none, because of their checks or types.</returns>
    public static async Task<IReadOnlyList<string>> FillAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await RunAsync(connection, Fill, cancel);
        await using var command = new NpgsqlCommand("/* lk:migrate.proof_unfilled */ SELECT name FROM lockkeeper.proof_rows WHERE NOT filled ORDER BY name", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var unfilled = new List<string>();
        while (await reader.ReadAsync(cancel))
            unfilled.Add(reader.GetString(0));
        return unfilled;
    }

    /// <summary>Takes them away again.</summary>
    public static Task RemoveAsync(NpgsqlConnection connection, CancellationToken cancel) => RunAsync(connection, Empty, cancel);

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
