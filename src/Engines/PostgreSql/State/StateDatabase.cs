using System.Collections.Concurrent;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.State;

/// <summary>The database that holds the state of a project: ledger and documents in schema <c>lockkeeper_state</c>, which is made with the first thing that is kept.</summary>
/// <remarks>
/// Any number of processes of any number of machines use it at once. Nothing here needs a session across transactions, so all of it works
/// through PgBouncer in transaction mode. Connections are kept and used again: the server asks for a session with each request.
/// </remarks>
public sealed class StateDatabase
{
    private static readonly ConcurrentDictionary<string, StateDatabase> Known = new(StringComparer.Ordinal);

    private readonly NpgsqlDataSource source;
    private volatile bool isMade;

    private StateDatabase(NpgsqlDataSource source, string name) => (this.source, Name) = (source, name);

    /// <summary>Where this is, fit for messages: <c>host:port/database</c>.</summary>
    public string Name { get; }

    /// <summary>Whether this process has worked with it before: then it comes back, and is worth waiting for.</summary>
    internal bool WasThere => isMade;

    /// <summary>The database of a URL; nothing is sent yet. One object a URL and process, so that all share its connections.</summary>
    /// <param name="url">The URL, secrets resolved.</param>
    /// <param name="redactor">Learns the password.</param>
    /// <exception cref="LockkeeperException">The URL is not valid (LK2000).</exception>
    public static StateDatabase At(string url, Redactor redactor)
    {
        // The check of the URL, and what the password teaches, are those of every connection of ours.
        var server = PostgreSqlServer.At(url, redactor);
        return Known.GetOrAdd(url, _ => new StateDatabase(Source(PostgreSqlUrl.Parse(url)), server.Name));
    }

    /// <summary>Works on a connection; what was opened before the server restarted is not used again.</summary>
    /// <param name="make">Whether the schema is made when it is missing.</param>
    /// <param name="missing">The answer when there is no schema and it is not to be made.</param>
    /// <param name="work">The work.</param>
    internal T Use<T>(bool make, T missing, Func<NpgsqlConnection, T> work)
    {
        try
        {
            using var connection = source.OpenConnection();
            if (!isMade)
                isMade = make ? StateSchema.Make(connection, Name) : StateSchema.IsThere(connection, Name);
            return isMade ? work(connection) : missing;
        }
        catch (Exception e) when (ServerErrors.IsConnectionLost(e))
        {
            source.Clear();
            throw;
        }
    }

    /// <summary>What the driver threw as a numbered error: that the server is away for a time (LK1404), or that it refuses (another).</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="otherwise">The code for what is no matter of waiting.</param>
    internal LockkeeperException Failure(Exception e, ErrorCode otherwise)
    {
        var cause = ServerErrors.Translate(e, Name);
        var isAway = ServerErrors.IsConnectionLost(e) || cause.Code == PostgreSqlErrors.ServerUnreachable || cause.Code == PostgreSqlErrors.ConnectionLost || cause.Code == PostgreSqlErrors.TooManyConnections;
        return isAway
            ? new LockkeeperException(KernelErrors.StateAway, $"the state at {Name} cannot be reached: {cause.Message}", "Start that PostgreSQL or the way to it; then run the same again. What was done stands in the targets' own history.", inner: e) { Facts = cause.Facts }
            : new LockkeeperException(otherwise, $"the state at {Name} cannot be used: {cause.Message}", cause.Hint, inner: e) { Facts = cause.Facts };
    }

    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder given)
    {
        given.ApplicationName ??= "lockkeeper state";
        given.Pooling = true;
        given.MaxPoolSize = 10;
        given.ConnectionIdleLifetime = 60;
        // DISCARD ALL reaches another session through a pooler, and no session of ours keeps anything.
        given.NoResetOnClose = true;
        given.Timeout = given.ContainsKey("Timeout") ? given.Timeout : 5;
        given.CommandTimeout = 30;
        if (given.Host?.StartsWith('/') != true)
            (given.TcpKeepAlive, given.TcpKeepAliveTime, given.TcpKeepAliveInterval) = (true, 10, 5);
        var builder = new NpgsqlSlimDataSourceBuilder(given.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }
}
