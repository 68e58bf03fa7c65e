using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Which server this is and since when it runs.</summary>
internal static class Server
{
    private static readonly MetricQuery query = new(
        "server", [],
        [Gauge("pg_postmaster_start_time_seconds", "extract(epoch FROM pg_postmaster_start_time())", "When the server started."), Gauge("lockkeeper_server_version_number", "current_setting('server_version_num')", "The server's version as a number: 150018."),],
        "");

    private static readonly MetricQuery version = new(
        "server.version",
        [new("version", "version()"), new("short_version", "split_part(current_setting('server_version'), ' ', 1)")],
        [Info("pg_static", "The server's version.")],
        "");

    public static ICollector Create() => new QueryCollector("server", CollectorScope.Server, query, version);
}
