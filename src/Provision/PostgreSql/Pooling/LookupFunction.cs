using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Provision.Differences;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>
/// The function by which a pooler looks up verifiers. It must be in every pooled database (before PgBouncer 1.19 there is no auth_dbname), runs with its owner's rights and
/// finds nothing through the caller's search_path, and gives away neither superusers nor roles that replicate: these do not sign in through a pooler.
/// </summary>
internal static class LookupFunction
{
    /// <summary>What the pooler asks.</summary>
    public const string Query = "SELECT usename, passwd FROM lockkeeper.pooler_lookup($1)";

    private const string Body = "SELECT rolname, rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin AND NOT rolsuper AND NOT rolreplication AND (rolvaliduntil IS NULL OR rolvaliduntil > pg_catalog.now())";

    private const string Look =
        """
        /* lk:provision.pooler_lookup */
        SELECT p.prosrc = $1 AND p.prosecdef AND p.provolatile = 's' AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'] AND l.lanname = 'sql' AND o.rolsuper
               AND pg_get_function_result(p.oid) = 'TABLE(usename name, passwd text)',
               NOT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee NOT IN (p.proowner, coalesce(r.oid, 0)) OR a.grantee = 0)
               AND r.oid IS NOT NULL AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND has_schema_privilege(r.oid, n.oid, 'USAGE')
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang JOIN pg_roles o ON o.oid = p.proowner LEFT JOIN pg_roles r ON r.rolname = $2
        WHERE n.nspname = 'lockkeeper' AND p.proname = 'pooler_lookup' AND p.proargtypes = '25'::oidvector
        """;

    /// <summary>How the function of a database differs from what it should be; null when it does not.</summary>
    /// <param name="connection">A connection to the database.</param>
    /// <param name="role">The role that may call it.</param>
    /// <param name="cancel">Stops asking.</param>
    public static async Task<string?> DifferenceAsync(NpgsqlConnection connection, string role, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Look, connection) { Parameters = { new() { Value = Body }, new() { Value = role } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return "made";
        if (!reader.GetBoolean(0))
            return "changed by hand → as it should be";
        return reader.GetBoolean(1) ? null : $"others may call it, or '{role}' may not → as it should be";
    }

    /// <summary>Makes the function as it should be, whatever is there.</summary>
    public static Remedy Remedy(string database, string role) => new(
        database,
        "CREATE SCHEMA IF NOT EXISTS lockkeeper",
        // Another result type or owner could not be replaced.
        "DROP FUNCTION IF EXISTS lockkeeper.pooler_lookup(text)",
        $"CREATE FUNCTION lockkeeper.pooler_lookup(uname text) RETURNS TABLE(usename name, passwd text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS {SqlText.Literal(Body)}",
        "REVOKE ALL ON FUNCTION lockkeeper.pooler_lookup(text) FROM PUBLIC",
        $"GRANT USAGE ON SCHEMA lockkeeper TO {SqlText.Identifier(role)}",
        $"GRANT EXECUTE ON FUNCTION lockkeeper.pooler_lookup(text) TO {SqlText.Identifier(role)}");
}
