using Lockkeeper.Kernel.Processes;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>A database on a server, as this program connects to it.</summary>
/// <remarks>
/// Every connection is its own, never pooled on our side, so that a session's state cannot leak from one use to the next. Nothing here needs a
/// session across transactions, so all of it works through PgBouncer in transaction mode.
/// </remarks>
public sealed class PostgreSqlServer
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnectionStringBuilder settings;

    static PostgreSqlServer() =>
        // Statements go to the server exactly as written; the driver's own splitting at semicolons knows less SQL than ours.
        AppContext.SetSwitch("Npgsql.EnableSqlRewriting", false);

    private PostgreSqlServer(NpgsqlDataSource source, NpgsqlConnectionStringBuilder settings)
    {
        this.source = source;
        this.settings = settings;
    }

    /// <summary>Where this is, fit for messages: <c>host:port/database</c>.</summary>
    public string Name => $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";

    /// <summary>libpq's variables for a client program or a gate; they hold the password and belong into an environment, never into arguments.</summary>
    public IReadOnlyDictionary<string, string?> ClientVariables => new Dictionary<string, string?>
    {
        ["PGHOST"] = settings.Host,
        ["PGPORT"] = settings.Port.ToString(),
        ["PGUSER"] = settings.Username,
        ["PGPASSWORD"] = settings.Password,
        ["PGDATABASE"] = settings.Database ?? settings.Username,
        ["PGSSLMODE"] = settings.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() },
    };

    /// <summary>Describes a connection; nothing is sent yet.</summary>
    /// <param name="url">The URL, secrets resolved.</param>
    /// <param name="redactor">Learns the password.</param>
    public static PostgreSqlServer At(string url, Redactor redactor)
    {
        var given = PostgreSqlUrl.Parse(url);
        redactor.Learn(given.Password);
        var connection = new NpgsqlConnectionStringBuilder(given.ConnectionString)
        {
            Pooling = false,
            ApplicationName = given.ApplicationName ?? "lockkeeper",
            // Time limits of statements are the server's (statement_timeout); the client side is cancelled by token.
            CommandTimeout = 0,
            CancellationTimeout = 2_000,
            Timeout = given.ContainsKey("Timeout") ? given.Timeout : 10,
            IncludeErrorDetail = true,
            // An error names the statement of a batch that it came from.
            IncludeFailedBatchedCommand = true,
        };
        // The socket of a folder has none of these, and the driver fails where it cannot set them.
        if (given.Host?.StartsWith('/') != true)
            (connection.TcpKeepAlive, connection.TcpKeepAliveTime, connection.TcpKeepAliveInterval) = (true, 10_000, 5_000);
        try
        {
            return new PostgreSqlServer(Source(connection), given);
        }
        catch (Exception e) when (PostgreSqlUrl.IsRefusal(e))
        {
            throw PostgreSqlUrl.Invalid();
        }
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        // Only built-in types are used: the round trip that loads pg_type is saved.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="cancel">Stops connecting.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">The server is unreachable or refuses the login.</exception>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return await source.OpenConnectionAsync(cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, Name);
        }
    }
}
