using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Observe.Metrics;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>An extension as it is installed in a database.</summary>
/// <param name="Schema">Its schema, quoted.</param>
/// <param name="Version">Its version.</param>
internal sealed record InstalledExtension(string Schema, string Version);

/// <summary>What a role can read on a server: its version, whether it is a standby, predefined roles and extensions.</summary>
internal sealed record Capabilities
{
    public required int VersionNumber { get; init; }

    public int Major => VersionNumber / 10_000;

    public required string Version { get; init; }

    public required string Database { get; init; }

    public required bool IsStandby { get; init; }

    public required bool IsSuperuser { get; init; }

    /// <summary>The predefined roles whose rights it has.</summary>
    public required IReadOnlySet<string> Roles { get; init; }

    /// <summary>The extensions of the database by name.</summary>
    public required IReadOnlyDictionary<string, InstalledExtension> Extensions { get; init; }

    /// <summary>When the server started; a new start is a new set of statistics for some views.</summary>
    public required double StartedAt { get; init; }

    /// <summary>Why a metric cannot be read; null when it can. Ordered so that the reason named is the one to mend.</summary>
    public string? WhyNot(MetricDescription metric)
    {
        if ((metric.Since > 0 && Major < metric.Since) || (metric.Until > 0 && Major > metric.Until))
            return Unavailable.ServerVersion;
        if (metric.Role != ServerRole.Any && (metric.Role == ServerRole.Standby) != IsStandby)
            return metric.Role == ServerRole.Primary ? Unavailable.PrimaryOnly : Unavailable.StandbyOnly;
        if (metric.Grant.StartsWith("pg_", StringComparison.Ordinal) && !IsSuperuser && !Roles.Contains(metric.Grant))
            return Unavailable.MissingGrant;
        return metric.Extension.Length > 0 && !Extensions.ContainsKey(metric.Extension) ? Unavailable.MissingExtension : null;
    }

    /// <summary>Reads them; one round trip. They are read at each scrape: grants are given and standbys promoted while a connection stays open.</summary>
    public static async Task<Capabilities> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:observe.capabilities */
            SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_database()::text, pg_is_in_recovery(),
                   coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false),
                   ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname IN ('pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_stat_scan_tables') AND pg_has_role(oid, 'USAGE')),
                   ARRAY(SELECT concat_ws(chr(1), e.extname, quote_ident(n.nspname), e.extversion) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace),
                   extract(epoch FROM pg_postmaster_start_time())::float8
            """,
            connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new Capabilities
        {
            VersionNumber = row.GetInt32(0),
            Version = row.GetString(1),
            Database = row.GetString(2),
            IsStandby = row.GetBoolean(3),
            IsSuperuser = row.GetBoolean(4),
            Roles = row.GetFieldValue<string[]>(5).ToHashSet(StringComparer.Ordinal),
            Extensions = row.GetFieldValue<string[]>(6).Select(text => text.Split('\u0001')).ToDictionary(parts => parts[0], parts => new InstalledExtension(parts[1], parts[2]), StringComparer.Ordinal),
            StartedAt = row.GetDouble(7),
        };
    }
}
