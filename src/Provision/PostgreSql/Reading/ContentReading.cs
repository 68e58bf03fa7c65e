using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Reading;

/// <summary>Reads what is in a database, as far as declarations speak of it: one row an object, its access control list as a whole.</summary>
/// <param name="connection">A connection to the database.</param>
internal sealed class ContentReading(NpgsqlConnection connection)
{
    private const string NotSystem = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') AND n.nspname !~ '^pg_(toast|temp)'";

    public async Task<LiveContent> ReadAsync(string database, CancellationToken cancel) => new()
    {
        Database = database,
        Objects = await ObjectsAsync(cancel),
        Extensions = await ExtensionsAsync(cancel),
        DefaultPrivileges = await DefaultPrivilegesAsync(cancel),
        RowSecurity = await RowSecurityAsync(cancel),
    };

    private Task<IReadOnlyList<LiveObject>> ObjectsAsync(CancellationToken cancel) => Rows.ReadAsync(connection,
        $"""
        /* lk:provision.objects */
        WITH members AS MATERIALIZED (SELECT classid, objid FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass),
        objects(kind, schema, name, part, owner, acl, class, oid) AS (
            SELECT 'd', NULL, d.datname::text, NULL, d.datdba, d.datacl::text[], 'pg_database'::regclass, d.oid FROM pg_database d WHERE d.datname = current_database()
            UNION ALL SELECT 'n', NULL, n.nspname::text, NULL, n.nspowner, n.nspacl::text[], 'pg_namespace'::regclass, n.oid FROM pg_namespace n WHERE {NotSystem}
            UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'S' ELSE 'r' END, n.nspname::text, c.relname::text, NULL, c.relowner, c.relacl::text[], 'pg_class'::regclass, c.oid
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {NotSystem}
            UNION ALL SELECT 'r', n.nspname::text, c.relname::text, a.attname::text, c.relowner, a.attacl::text[], 'pg_class'::regclass, c.oid
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND {NotSystem}
            UNION ALL SELECT 'f', n.nspname::text, p.proname || '(' || coalesce((SELECT string_agg(format_type(t.type, NULL), ', ' ORDER BY t.place) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY t(type, place)), '') || ')', NULL, p.proowner, p.proacl::text[], 'pg_proc'::regclass, p.oid
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {NotSystem}
            UNION ALL SELECT 'T', n.nspname::text, t.typname::text, NULL, t.typowner, t.typacl::text[], 'pg_type'::regclass, t.oid
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
                WHERE t.typelem = 0 AND (t.typtype IN ('b', 'd', 'e', 'r', 'm') OR (t.typtype = 'c' AND c.relkind = 'c')) AND {NotSystem}
            UNION ALL SELECT 'l', NULL, l.lanname::text, NULL, l.lanowner, l.lanacl::text[], 'pg_language'::regclass, l.oid FROM pg_language l WHERE l.lanispl
            UNION ALL SELECT 'F', NULL, w.fdwname::text, NULL, w.fdwowner, w.fdwacl::text[], 'pg_foreign_data_wrapper'::regclass, w.oid FROM pg_foreign_data_wrapper w
            UNION ALL SELECT 's', NULL, s.srvname::text, NULL, s.srvowner, s.srvacl::text[], 'pg_foreign_server'::regclass, s.oid FROM pg_foreign_server s
            UNION ALL SELECT 'L', NULL, o.oid::text, NULL, o.lomowner, o.lomacl::text[], 'pg_largeobject'::regclass, o.oid FROM pg_largeobject_metadata o
        )
        SELECT o.kind, o.schema, o.name, o.part, r.rolname::text, o.acl, m.objid IS NOT NULL
        FROM objects o JOIN pg_roles r ON r.oid = o.owner LEFT JOIN members m ON m.classid = o.class AND m.objid = o.oid
        ORDER BY o.kind, o.schema, o.name, o.part
        """,
        row => new LiveObject(Kind(row.GetString(0)), Text(row, 1), row.GetString(2), Text(row, 3), row.GetString(4), row.IsDBNull(5) ? null : row.GetFieldValue<string[]>(5), row.GetBoolean(6)), cancel);

    private Task<IReadOnlyList<LiveExtension>> ExtensionsAsync(CancellationToken cancel) => Rows.ReadAsync(connection,
        "/* lk:provision.extensions */ SELECT e.extname::text, n.nspname::text, e.extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 1",
        row => new LiveExtension(row.GetString(0), row.GetString(1), row.GetString(2)), cancel);

    private Task<IReadOnlyList<LiveDefaultPrivilege>> DefaultPrivilegesAsync(CancellationToken cancel) => Rows.ReadAsync(connection,
        """
        /* lk:provision.default_privileges */
        SELECT r.rolname::text, n.nspname::text, d.defaclobjtype::text, d.defaclacl::text[]
        FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
        WHERE d.defaclobjtype IN ('r', 'S', 'f', 'T', 'n') ORDER BY 1, 2, 3
        """,
        row => new LiveDefaultPrivilege(row.GetString(0), Text(row, 1), DefaultKind(row.GetString(2)), row.GetFieldValue<string[]>(3)), cancel);

    private async Task<IReadOnlyDictionary<string, LiveRowSecurity>> RowSecurityAsync(CancellationToken cancel)
    {
        var rows = await Rows.ReadAsync(connection,
            $"""
            /* lk:provision.row_security */
            SELECT n.nspname || '.' || c.relname, o.rolname::text, c.relrowsecurity, c.relforcerowsecurity, p.polname::text,
                   CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END, NOT p.polpermissive,
                   (SELECT array_agg(CASE WHEN t.role = 0 THEN 'public' ELSE pg_get_userbyid(t.role)::text END ORDER BY 1) FROM unnest(p.polroles) t(role)),
                   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner LEFT JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.relkind IN ('r', 'p') AND (c.relrowsecurity OR c.relforcerowsecurity OR p.oid IS NOT NULL) AND {NotSystem}
            ORDER BY 1, 5
            """,
            row => (Table: row.GetString(0), Owner: row.GetString(1), Enabled: row.GetBoolean(2), Forced: row.GetBoolean(3), Policy: Text(row, 4),
                Live: row.IsDBNull(4) ? null : new LivePolicy(row.GetString(5), row.GetBoolean(6), row.GetFieldValue<string[]>(7), Text(row, 8), Text(row, 9))), cancel);
        return rows.GroupBy(row => row.Table).ToDictionary(
            group => group.Key,
            group => new LiveRowSecurity(group.First().Owner, group.First().Enabled, group.First().Forced, group.Where(row => row.Live is not null).ToDictionary(row => row.Policy!, row => row.Live!, StringComparer.Ordinal)),
            StringComparer.Ordinal);
    }

    private static GrantObject Kind(string letter) => letter switch
    {
        "d" => GrantObject.Database,
        "n" => GrantObject.Schemas,
        "r" => GrantObject.Tables,
        "S" => GrantObject.Sequences,
        "f" => GrantObject.Functions,
        "T" => GrantObject.Types,
        "l" => GrantObject.Languages,
        "F" => GrantObject.ForeignDataWrappers,
        "s" => GrantObject.ForeignServers,
        _ => GrantObject.LargeObjects,
    };

    private static GrantObject DefaultKind(string letter) => letter switch
    {
        "r" => GrantObject.Tables,
        "S" => GrantObject.Sequences,
        "f" => GrantObject.Functions,
        "T" => GrantObject.Types,
        _ => GrantObject.Schemas,
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
