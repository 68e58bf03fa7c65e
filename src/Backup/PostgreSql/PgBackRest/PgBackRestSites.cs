using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.PgBackRest;

/// <summary>Finds out where a cluster lies, by asking its server and its host.</summary>
internal static class PgBackRestSites
{
    /// <summary>Asks a running server.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="host">The host of its server.</param>
    /// <param name="server">The server.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <exception cref="LockkeeperException">The server does not answer or the role may not ask, or its files are not on the host.</exception>
    public static async Task<PgBackRestSite> AskAsync(ClusterConfig cluster, IHost host, PostgreSqlServer server, CancellationToken cancel)
    {
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            var site = (await Rows.ReadAsync(
                connection,
                """
                /* lk:backup.site */
                SELECT current_setting('data_directory'), current_setting('port')::int, btrim(split_part(current_setting('unix_socket_directories'), ',', 1), ' "'), current_setting('server_version_num')::int / 10000,
                       pg_size_bytes(current_setting('wal_segment_size'))::int, (SELECT system_identifier FROM pg_control_system()), current_user::text, current_database()::text
                """,
                row => new PgBackRestSite
                {
                    Host = host,
                    User = "",
                    Policy = cluster.Backup!.Value,
                    Stanza = PgBackRestSite.StanzaOf(cluster),
                    Folder = PgBackRestSite.FolderOf(cluster),
                    DataDirectory = row.GetString(0),
                    Port = row.GetInt32(1),
                    SocketFolder = row.GetString(2),
                    Major = row.GetInt32(3),
                    SegmentBytes = row.GetInt32(4),
                    SystemId = unchecked((ulong)row.GetInt64(5)),
                    Role = row.GetString(6),
                    Database = row.GetString(7),
                    Programs = "",
                },
                cancel))[0];
            return await LocateAsync(site, connection, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }

    private static async Task<PgBackRestSite> LocateAsync(PgBackRestSite site, NpgsqlConnection connection, CancellationToken cancel)
    {
        var entry = await new HostFiles(site.Host).StatAsync(site.DataDirectory, cancel);
        if (entry is null)
        {
            throw new LockkeeperException(
                BackupErrors.EngineFailed, $"the server's data directory {site.DataDirectory} is not on {site.Host.Name}", "Backups are taken on the server's host: name it in the cluster's file, for example nodes: [ { name: db1, host: db1.example.net } ]");
        }

        // pgBackRest runs as the server's user and signs in through the socket; a superuser of that name is whom Debian's own rules let in there.
        var own = await Rows.ReadAsync(connection, $"/* lk:backup.own_role */ SELECT rolname::text FROM pg_roles WHERE rolsuper AND rolname = {SqlText.Literal(entry.Owner)}", row => row.GetString(0), cancel);
        return site with { User = entry.Owner, Role = own.Count > 0 ? own[0] : site.Role, Programs = await ProgramsAsync(site with { User = entry.Owner }, cancel) };
    }

    /// <summary>The folder of the programs that the running server is one of: they fit its files whatever else is installed.</summary>
    private static async Task<string> ProgramsAsync(PgBackRestSite site, CancellationToken cancel)
    {
        const string script = "dirname -- \"$(readlink -f -- \"/proc/$(head -n 1 -- \"$1/postmaster.pid\")/exe\")\"";
        var answer = await site.Host.RunOrFailAsync(new HostCommand("sh", "-c", script, "lk", site.DataDirectory) { User = site.User }, "The server must run to be looked at.", cancel);
        return answer.Output.Trim();
    }
}
