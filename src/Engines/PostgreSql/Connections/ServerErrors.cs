using System.Net.Sockets;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Connections;

/// <summary>Turns what the driver throws into numbered errors with a hint.</summary>
public static class ServerErrors
{
    /// <summary>Whether an exception comes from the server or the way to it.</summary>
    /// <param name="e">The exception.</param>
    public static bool IsServerError(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>Whether the connection is gone, so that it is unknown what the server did last.</summary>
    /// <param name="e">The exception.</param>
    public static bool IsConnectionLost(Exception e) => e switch
    {
        PostgresException p => p.SqlState is "57P01" or "57P02" or "57P03" || p.SqlState.StartsWith("08", StringComparison.Ordinal) || p.SqlState is "25P03" or "57P05",
        NpgsqlException n => n.InnerException is IOException or SocketException or TimeoutException or EndOfStreamException || n.IsTransient,
        SocketException or IOException => true,
        _ => false,
    };

    /// <summary>The numbered error for an exception.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="where">The server or database, as <see cref="PostgreSqlServer.Name"/> spells it.</param>
    public static LockkeeperException Translate(Exception e, string where)
    {
        if (e is PostgresException server)
            return FromServer(server, where);
        if (e is NpgsqlException { InnerException: PostgresException inner })
            return FromServer(inner, where);
        if (e is NpgsqlException && e.Message.Contains("password", StringComparison.OrdinalIgnoreCase))
            return new LockkeeperException(PostgreSqlErrors.LoginRefused, $"{where} asks for a password and the URL has none", "Put the password into the target's URL by a reference such as ${env:NAME}.", inner: e);
        var cause = e.InnerException is SocketException or IOException or TimeoutException ? e.InnerException : e;
        return cause is SocketException or TimeoutException
            ? new LockkeeperException(PostgreSqlErrors.ServerUnreachable, $"{where} does not answer: {Lower(cause.Message)}", "Check host, port and firewall, and that the server runs.", inner: e)
            : new LockkeeperException(PostgreSqlErrors.ConnectionLost, $"the connection to {where} was cut: {Lower(cause.Message)}", "Run the same command again: it reads from the database what is in place and goes on from there.", inner: e);
    }

    private static LockkeeperException FromServer(PostgresException e, string where)
    {
        var (code, message, hint) = e.SqlState switch
        {
            "28P01" or "28000" => (PostgreSqlErrors.LoginRefused, $"{where} refused the login: {e.MessageText}", "Check user and password of the target's URL, and the server's pg_hba.conf."),
            "3D000" => (PostgreSqlErrors.DatabaseMissing, $"{where}: {e.MessageText}", "Create the database, or correct the target's URL."),
            "42501" => (PostgreSqlErrors.PrivilegeMissing, $"{where}: {e.MessageText}", "Grant the role what it lacks, or use a role that has it."),
            "25006" => (PostgreSqlErrors.ReadOnlyServer, $"{where} takes no changes: {e.MessageText}", "Point the target at the primary, or lift default_transaction_read_only."),
            "55P03" => (PostgreSqlErrors.LockNotAvailable, e.MessageText, "Another session holds the lock; try again when it is done."),
            "57014" => (PostgreSqlErrors.StatementTimedOut, e.MessageText, "Raise the time limit, or make the statement smaller."),
            "53300" => (PostgreSqlErrors.TooManyConnections, $"{where} has no free connection: {e.MessageText}", "Wait, or raise max_connections or the pool's size."),
            "57P03" => (PostgreSqlErrors.ServerUnreachable, $"{where}: {e.MessageText}", "Wait until the server has started."),
            "57P01" or "57P02" or "57P05" or "25P03" => (PostgreSqlErrors.ConnectionLost, $"{where} ended the session: {e.MessageText}", "Run the same command again: it reads from the database what is in place and goes on from there."),
            _ => (PostgreSqlErrors.StatementFailed, e.MessageText, e.Hint ?? "Correct the statement and run the command again."),
        };
        return new LockkeeperException(code, message, hint, inner: e) { Facts = Facts(e) };
    }

    /// <summary>The server's own words about an error, as facts.</summary>
    /// <param name="e">The server's error.</param>
    public static IReadOnlyList<ErrorFact> Facts(PostgresException e)
    {
        var facts = new List<ErrorFact> { new("SQLSTATE", e.SqlState) };
        if (!string.IsNullOrEmpty(e.Detail))
            facts.Add(new ErrorFact("DETAIL", e.Detail));
        if (!string.IsNullOrEmpty(e.Hint))
            facts.Add(new ErrorFact("SERVER HINT", e.Hint));
        if (!string.IsNullOrEmpty(e.Where))
            facts.Add(new ErrorFact("CONTEXT", e.Where));
        return facts;
    }

    private static string Lower(string text) => text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.') : text.TrimEnd('.');
}
