using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>How a copy of a managed cluster is signed in to: as the cluster's administrator, wherever the copy answers.</summary>
internal sealed class CopyLogin
{
    private readonly NpgsqlConnectionStringBuilder settings;
    private readonly Workspace workspace;

    private CopyLogin(NpgsqlConnectionStringBuilder settings, Workspace workspace) => (this.settings, this.workspace) = (settings, workspace);

    /// <summary>Reads the declaration's secrets, so that one that is missing is known before anything is made.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">Nobody to sign in as is declared.</exception>
    public static async Task<CopyLogin> OfAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        if (cluster.Admin.Value.Length > 0)
            return new CopyLogin(PostgreSqlUrl.Parse(await workspace.Secrets.ResolveAsync(cluster.Admin, cancel)), workspace);
        var managed = cluster.Managed!.Value;
        if (managed is not { User: { } user, Password: { } password })
            throw new LockkeeperException(BackupErrors.NotDrillable, $"nobody is declared to sign in to a copy of {cluster.Name} as", "Add 'admin', for example: admin: \"postgres://deployer:${env:PASSWORD}@/postgres\", or the master user and its password under 'managed'.", cluster.Managed.At);
        // The service's certificates are of its own authority, which this machine need not know: the session is encrypted, and 'admin' can ask for more.
        return new CopyLogin(new NpgsqlConnectionStringBuilder { Username = user, Password = await workspace.Secrets.ResolveAsync(password, cancel), Database = managed.Database ?? "postgres", SslMode = SslMode.Require }, workspace);
    }

    /// <summary>The copy; whatever server the administrator's URL names, only this one is connected to.</summary>
    public CopyServer At(string host, int port)
    {
        var there = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Host = host, Port = port, TargetSessionAttributes = null };
        return new CopyServer(name => PostgreSqlServer.At(name is null ? there.ConnectionString : PostgreSqlUrl.WithDatabase(there.ConnectionString, name), workspace.Redactor), workspace.Progress);
    }
}

/// <summary>A copy that is reached by SQL alone.</summary>
/// <param name="database">A database of it; null for the administrator's.</param>
/// <param name="progress">Hears what is waited for.</param>
internal sealed class CopyServer(Func<string?, PostgreSqlServer> database, IProgressSink progress)
{
    private static readonly ErrorCode[] Passing = [PostgreSqlErrors.ServerUnreachable, PostgreSqlErrors.ConnectionLost, PostgreSqlErrors.TooManyConnections];

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Tries until it answers.</summary>
    /// <exception cref="LockkeeperException">It does not, or it refuses the login.</exception>
    public async Task ConnectAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancel)
    {
        for (var started = clock.GetTimestamp(); ;)
        {
            try
            {
                await using var connection = await database(null).OpenAsync(cancel);
                return;
            }
            catch (LockkeeperException e) when (Passing.Contains(e.Code) && clock.GetElapsedTime(started) < limit)
            {
                progress.Now($"connecting: {e.Message}");
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }

    /// <summary>A session in a database, for long reads of all rows.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string? name, CancellationToken cancel)
    {
        var connection = await database(name).OpenAsync(cancel);
        await using var command = new NpgsqlCommand("/* lk:backup.copy_session */ SELECT set_config('statement_timeout', '0', false), set_config('row_security', 'off', false), set_config('search_path', 'pg_catalog', false)", connection);
        await command.ExecuteNonQueryAsync(cancel);
        return connection;
    }

    /// <summary>A session that writes nothing, with the settings of the database.</summary>
    public async Task<NpgsqlConnection> OpenReadOnlyAsync(string name, CancellationToken cancel)
    {
        var connection = await database(name).OpenAsync(cancel);
        await using var command = new NpgsqlCommand("/* lk:backup.copy_question */ SELECT set_config('default_transaction_read_only', 'on', false)", connection);
        await command.ExecuteNonQueryAsync(cancel);
        return connection;
    }
}
