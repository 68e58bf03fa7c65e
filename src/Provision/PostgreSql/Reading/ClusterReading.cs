using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Reading;

/// <summary>Reads what a cluster is from its shared catalogs, in a handful of queries.</summary>
/// <param name="connection">A connection of the administrator.</param>
/// <param name="notChecked">Takes what may not be read, one sentence each.</param>
internal sealed class ClusterReading(NpgsqlConnection connection, ICollection<string> notChecked)
{
    public async Task<LiveCluster> ReadAsync(CancellationToken cancel)
    {
        var (number, version, self, superuser, home) = (await Rows.ReadAsync(connection,
            "/* lk:provision.server */ SELECT current_setting('server_version_num')::int4, current_setting('server_version'), current_user::text, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), current_database()::text",
            row => (row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4)), cancel)).Single();
        return new LiveCluster
        {
            VersionNumber = number,
            Version = version,
            Self = self,
            IsSuperuser = superuser,
            Home = home,
            Roles = (await RolesAsync(cancel)).ToDictionary(role => role.Name, StringComparer.Ordinal),
            Memberships = await MembershipsAsync(number, cancel),
            Settings = await SettingsAsync(cancel),
            Parameters = (await ParametersAsync(cancel)).ToDictionary(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase),
            Databases = (await DatabasesAsync(cancel)).ToDictionary(database => database.Name, StringComparer.Ordinal),
            AvailableExtensions = await ExtensionsAsync(cancel),
            Dependencies = await DependenciesAsync(cancel),
        };
    }

    private async Task<IReadOnlyList<LiveRole>> RolesAsync(CancellationToken cancel)
    {
        const string columns = "r.rolname::text, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, CASE WHEN isfinite(r.rolvaliduntil) THEN extract(epoch FROM r.rolvaliduntil)::float8 END";
        try
        {
            return await Rows.ReadAsync(connection, $"/* lk:provision.roles */ SELECT {columns}, r.rolpassword FROM pg_authid r WHERE r.rolname !~ '^pg_'", row => Role(row, isVerifierKnown: true), cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            notChecked.Add("whether passwords are as declared: this role may not read pg_authid");
            return await Rows.ReadAsync(connection, $"/* lk:provision.roles_seen */ SELECT {columns}, NULL::text FROM pg_roles r WHERE r.rolname !~ '^pg_'", row => Role(row, isVerifierKnown: false), cancel);
        }
    }

    private static LiveRole Role(NpgsqlDataReader row, bool isVerifierKnown) => new(
        row.GetString(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6), row.GetBoolean(7), row.GetInt32(8),
        row.IsDBNull(9) ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(row.GetDouble(9) * 1000)), row.IsDBNull(10) ? null : row.GetString(10), isVerifierKnown);

    // A membership may be there several times from PostgreSQL 16 on, once for each who granted it.
    private Task<IReadOnlyList<LiveMembership>> MembershipsAsync(int version, CancellationToken cancel) => Rows.ReadAsync(connection,
        $"""
        /* lk:provision.memberships */
        SELECT g.rolname::text, m.rolname::text, bool_or(a.admin_option), {(version >= 160_000 ? "bool_or(a.inherit_option), bool_or(a.set_option)" : "bool_or(m.rolinherit), true")}
        FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
        WHERE m.rolname !~ '^pg_'
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        row => new LiveMembership(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)), cancel);

    private Task<IReadOnlyList<LiveSetting>> SettingsAsync(CancellationToken cancel) => Rows.ReadAsync(connection,
        """
        /* lk:provision.settings */
        SELECT d.datname::text, r.rolname::text, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
        FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
        ORDER BY 1, 2, 3
        """,
        row => new LiveSetting(row.IsDBNull(0) ? null : row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2), row.GetString(3)), cancel);

    private async Task<IReadOnlyList<LiveParameter>> ParametersAsync(CancellationToken cancel)
    {
        const string select = "SELECT s.name, s.setting, s.unit, s.vartype, s.context, s.min_val, s.max_val, s.enumvals, s.source, s.boot_val, s.pending_restart";
        try
        {
            return await Rows.ReadAsync(connection,
                $"""
                /* lk:provision.parameters */
                {select}, f.setting, coalesce(f.sourcefile LIKE '%/postgresql.auto.conf', false)
                FROM pg_settings s
                LEFT JOIN (SELECT DISTINCT ON (lower(name)) lower(name) AS name, setting, sourcefile FROM pg_file_settings ORDER BY lower(name), seqno DESC) f ON f.name = lower(s.name)
                """,
                Parameter, cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            notChecked.Add("what the configuration files say: this role may not read pg_file_settings; parameters are compared with what holds now");
            return await Rows.ReadAsync(connection, $"/* lk:provision.parameters_seen */ {select}, NULL::text, false FROM pg_settings s", Parameter, cancel);
        }
    }

    private static LiveParameter Parameter(NpgsqlDataReader row) => new(
        row.GetString(0), Text(row, 1) ?? "", Text(row, 2), row.GetString(3), row.GetString(4), Text(row, 5), Text(row, 6), row.IsDBNull(7) ? [] : row.GetFieldValue<string[]>(7), row.GetString(8), Text(row, 9) ?? "", row.GetBoolean(10),
        Text(row, 11), row.GetBoolean(12));

    private Task<IReadOnlyList<LiveDatabase>> DatabasesAsync(CancellationToken cancel) => Rows.ReadAsync(connection,
        """
        /* lk:provision.databases */
        SELECT d.datname::text, r.rolname::text, pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text, d.datconnlimit, d.datallowconn
        FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba ORDER BY 1
        """,
        row => new LiveDatabase(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetBoolean(6)), cancel);

    // The catalog calls the role of default privileges their owner; they go with the role and are nobody's data.
    private Task<IReadOnlyList<LiveDependency>> DependenciesAsync(CancellationToken cancel) => Rows.ReadAsync(connection,
        """
        /* lk:provision.dependencies */
        SELECT r.rolname::text, d.datname::text, count(*) FILTER (WHERE s.deptype = 'o' AND s.classid <> 'pg_default_acl'::regclass), count(*)
        FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid LEFT JOIN pg_database d ON d.oid = s.dbid
        WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname !~ '^pg_' GROUP BY 1, 2 ORDER BY 1, 2
        """,
        row => new LiveDependency(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetInt64(3)), cancel);

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ExtensionsAsync(CancellationToken cancel)
    {
        var rows = await Rows.ReadAsync(connection,
            """
            /* lk:provision.available_extensions */
            SELECT v.name::text, v.version FROM pg_available_extension_versions v JOIN pg_available_extensions e ON e.name = v.name ORDER BY v.name, v.version = e.default_version DESC
            """,
            row => (Name: row.GetString(0), Version: row.GetString(1)), cancel);
        return rows.GroupBy(row => row.Name).ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.Select(row => row.Version)], StringComparer.Ordinal);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
