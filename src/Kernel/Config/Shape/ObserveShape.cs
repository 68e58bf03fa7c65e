using Lockkeeper.Kernel.Config.Shape.Clusters;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>observe</c>.</summary>
internal static class ObserveShape
{
    private static readonly Key<TimeSpan> Interval = new("interval", Values.Duration("1h"), "How often each target is read.") { Default = "15s", Example = "30s" };

    private static readonly Key<bool> Deploys = new("deploys", Values.Boolean, "Whether migrations note what statements cost before and after them, for 'lk observe regressions', where the database has pg_stat_statements.") { Default = "true", Example = "false" };

    private static readonly Key<TimeSpan> Raw = new("raw", Values.Duration("30d"), "How long values stay as they were read.") { Default = "6h", Example = "1d" };

    private static readonly Key<TimeSpan> Minutes = new("minutes", Values.Duration("365d"), "How long one value a minute stays.") { Default = "7d", Example = "14d" };

    private static readonly Key<TimeSpan> TenMinutes = new("ten_minutes", Values.Duration("3650d"), "How long one value in ten minutes stays.") { Default = "90d", Example = "365d" };

    private static readonly Key<long> Size = new("size", ClusterValues.Bytes, "How much disk all of it may take; past it the oldest goes first.") { Default = "1GB", Example = "20GB" };

    public static RecordShape<HistoryConfig> HistoryKeys { get; } = new(
        "history", [Raw, Minutes, TenMinutes, Size],
        fields => new HistoryConfig { Raw = fields.Get(Raw), Minutes = fields.Get(Minutes), TenMinutes = fields.Get(TenMinutes), MostBytes = fields.Get(Size) })
    {
        Check = history => history.Raw <= history.Minutes && history.Minutes <= history.TenMinutes
            ? null
            : new Mistake("coarser values must stay at least as long as finer ones", "Keep raw <= minutes <= ten_minutes."),
    };

    private static readonly Key<HistoryConfig> History = new("history", HistoryKeys, "How much of the past is kept, in a file beside the ledger.") { Example = "{ raw: 1d, size: 20GB }" };

    private static readonly Key<string> Prometheus = new("prometheus", Values.Secretive, "The URL of a Prometheus that scrapes 'lk observe serve'. What looks at the past, such as 'lk observe anomalies', asks it instead of the file beside the ledger.")
    {
        Example = "\"http://127.0.0.1:9090\"",
    };

    private static readonly Key<IReadOnlyDictionary<string, string>> Poolers = new(
        "poolers", new MapShape<string>(Values.Secretive, "poolers"), "URLs of PgBouncers that somebody else keeps, by the names that they are observed by; the user must stand in the pooler's auth_file and in its stats_users. Those of declared clusters are observed by themselves.")
    {
        Example = "{ edge: \"postgres://stats:${env:STATS_PASSWORD}@10.0.0.7:6432/pgbouncer\" }",
    };

    private static readonly Key<IReadOnlyDictionary<string, AlertSetting>> Alerts = new(
        "alerts", new MapShape<AlertSetting>(AlertShape.Setting, "alert rules", anyKey: true), "Changes to built-in alert rules, by their names as 'lk observe alerts rules' lists them.")
    {
        Example = "{ PostgresReplicaLags: { threshold: 30 }, PostgresTableBloated: { off: true } }",
    };

    private static readonly Key<IReadOnlyList<OwnAlertConfig>> OwnAlerts = new("own_alerts", new ListShape<OwnAlertConfig>(AlertShape.Own, "alert rules"), "Alert rules of the project itself.")
    {
        Example = "[ { name: ShopIsIdle, expr: \"rate(pg_stat_database_xact_commit{datname='shop'}[5m]) == 0\", for: 10m, summary: \"nothing is committed in {datname}\" } ]",
    };

    private static readonly Key<IReadOnlyList<ReceiverConfig>> Receivers = new("receivers", new ListShape<ReceiverConfig>(ReceiverShape.Shape, "receivers"), "Who is told of alerts.")
    {
        Example = "[ { name: oncall, webhook: \"${env:ONCALL_URL}\", severity: critical } ]",
    };

    private static readonly Key<TimeSpan> RepeatAfter = new("repeat_after", Values.Duration("30d"), "After how long those who were told of an alert that still fires are told again.") { Default = "4h", Example = "1d" };

    private static readonly Key<TimeSpan> GroupWait = new("group_wait", Values.Duration("1h"), "How long further alerts of the same target are waited for before the first message.") { Default = "30s", Example = "1m" };

    public static RecordShape<ObserveConfig> Shape { get; } = new(
        "observe", [Interval, Deploys, History, Prometheus, Poolers, Alerts, OwnAlerts, Receivers, RepeatAfter, GroupWait],
        fields => new ObserveConfig
        {
            Interval = fields.Get(Interval),
            Deploys = fields.Get(Deploys),
            History = fields.GetOrNull(History) ?? new HistoryConfig(),
            Prometheus = fields.GetOrNull(Prometheus),
            Poolers = fields.GetOrNull(Poolers) ?? new Dictionary<string, string>(),
            Alerts = fields.GetOrNull(Alerts) ?? new Dictionary<string, AlertSetting>(),
            OwnAlerts = fields.GetOrNull(OwnAlerts) ?? [],
            Receivers = fields.GetOrNull(Receivers) ?? [],
            RepeatAfter = fields.Get(RepeatAfter),
            GroupWait = fields.Get(GroupWait),
        });
}
