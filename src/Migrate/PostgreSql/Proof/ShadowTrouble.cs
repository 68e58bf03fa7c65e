using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Errors that are the shadow server's own and say nothing about a migration: it went away, or has no room.</summary>
internal static class ShadowTrouble
{
    /// <summary>Whether the server is to blame. Class 58 is of the system below it; 53100 and 53200 are of disk and memory.</summary>
    public static bool IsServers(Exception e) =>
        ServerErrors.IsConnectionLost(e) || e is PostgresException { SqlState: "53100" or "53200" } || (e is PostgresException p && p.SqlState.StartsWith("58", StringComparison.Ordinal));

    /// <summary>The numbered error.</summary>
    public static LockkeeperException Of(Exception e) => ServerErrors.IsConnectionLost(e)
        ? new LockkeeperException(
            MigrateErrors.ShadowFailed, $"the shadow server went away while the migrations were tried on it: {Words(e)}",
            "Run it again, with --fresh when it happens twice; the target was only read.", inner: e)
        : new LockkeeperException(
            MigrateErrors.ShadowFailed, $"the shadow server cannot go on: {Words(e)}",
            "Make room in the sandbox folder, or set LK_SANDBOX_FOLDER to a folder on a larger disk ('lk sandbox list' shows what is there); the target was only read.", inner: e);

    private static string Words(Exception e) => e is PostgresException p ? p.MessageText : e.Message;
}
