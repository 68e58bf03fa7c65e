using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql;

/// <summary>The error codes of connections and of what the server answers, 2000 to 2099.</summary>
public static class PostgreSqlErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode BadUrl = new(2000, "A connection URL is not valid.", ExitCode.WrongUse);
    public static readonly ErrorCode ServerUnreachable = new(2001, "The server does not answer.");
    public static readonly ErrorCode LoginRefused = new(2002, "The server refused the login: wrong user or password, or no access rule.");
    public static readonly ErrorCode DatabaseMissing = new(2003, "The database does not exist on the server.");
    public static readonly ErrorCode PrivilegeMissing = new(2004, "The role lacks a privilege.");
    public static readonly ErrorCode ReadOnlyServer = new(2005, "The server is a standby or read-only and takes no changes.");
    public static readonly ErrorCode ConnectionLost = new(2006, "The connection to the server was cut.");
    public static readonly ErrorCode StatementFailed = new(2007, "The server refused a statement.");
    public static readonly ErrorCode LockNotAvailable = new(2008, "A lock was not available within the time limit.");
    public static readonly ErrorCode StatementTimedOut = new(2009, "A statement ran into its time limit.");
    public static readonly ErrorCode TooManyConnections = new(2010, "The server has no free connection.");
    public static readonly ErrorCode VersionTooOld = new(2011, "The server's version is older than the oldest supported one.");
    public static readonly ErrorCode LeaseHeld = new(2012, "Another runner holds the target's lease.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        BadUrl, ServerUnreachable, LoginRefused, DatabaseMissing, PrivilegeMissing, ReadOnlyServer, ConnectionLost, StatementFailed,
        LockNotAvailable, StatementTimedOut, TooManyConnections, VersionTooOld, LeaseHeld,
    ];
}
