using Lockkeeper.Kernel.Errors;
using Lockkeeper.Engines.PostgreSql;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>The values of the label <c>reason</c> of <c>lockkeeper_metric_unavailable</c>.</summary>
internal static class Unavailable
{
    public const string ServerVersion = "server_version";
    public const string PrimaryOnly = "primary_only";
    public const string StandbyOnly = "standby_only";
    public const string MissingGrant = "missing_grant";
    public const string MissingExtension = "missing_extension";
    public const string NotPreloaded = "not_preloaded";
    public const string Locked = "locked";
    public const string Timeout = "timeout";
    public const string Deadline = "deadline";
    public const string LoginRefused = "login_refused";
    public const string TooManyConnections = "too_many_connections";
    public const string DatabaseMissing = "database_missing";
    public const string SecretMissing = "secret_missing";
    public const string ConnectionLost = "connection_lost";
    public const string Failed = "failed";

    /// <summary>The reason that an error stands for.</summary>
    public static string Of(LockkeeperException e)
    {
        if (e.Code == PostgreSqlErrors.LockNotAvailable)
            return Locked;
        if (e.Code == PostgreSqlErrors.StatementTimedOut)
            return Timeout;
        if (e.Code == PostgreSqlErrors.PrivilegeMissing)
            return MissingGrant;
        if (e.Code == PostgreSqlErrors.LoginRefused)
            return LoginRefused;
        if (e.Code == PostgreSqlErrors.TooManyConnections)
            return TooManyConnections;
        if (e.Code == PostgreSqlErrors.DatabaseMissing)
            return DatabaseMissing;
        if (e.Code == KernelErrors.SecretMissing)
            return SecretMissing;
        // 55000: pg_stat_statements is installed in the database and not loaded by the server.
        if (e.Facts.Any(fact => fact is { Label: "SQLSTATE", Text: "55000" }))
            return NotPreloaded;
        return e.Code == PostgreSqlErrors.ConnectionLost || e.Code == PostgreSqlErrors.ServerUnreachable ? ConnectionLost : Failed;
    }
}
