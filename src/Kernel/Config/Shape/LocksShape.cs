namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>locks</c>.</summary>
internal static class LocksShape
{
    private static readonly Key<int> MaxWaiting = new(
        "max_waiting", Values.Integer(0, 100_000), "The most sessions that may wait behind a migration, directly or through others, for longer than 'for'.")
    {
        Default = "20", Example = "5",
    };

    private static readonly Key<TimeSpan> For = new(
        "for", Values.Duration("1h"), "How long more sessions than max_waiting may wait; then the running statement is cancelled, the locks are given back, and the migration is tried again after a pause.")
    {
        Default = "500ms", Example = "250ms",
    };

    private static readonly Key<TimeSpan> LongTransaction = new(
        "long_transaction", Values.Duration("7d"),
        "The age from which a transaction, open or prepared, that is in the way of a strong lock or of CONCURRENTLY is waited for before the migration touches anything. Autovacuum that prevents wraparound is waited for at any age.")
    {
        Default = "30s", Example = "5m",
    };

    private static readonly Key<TimeSpan> Wait = new("wait", Values.Duration("7d"), "How long to wait for them before the migration is refused.") { Default = "1m", Example = "10m" };

    private static readonly Key<TimeSpan> After = new("after", Values.Duration("1d"), "How long a session must have kept a lock from a migration, over all its tries.") { Default = "5s", Example = "30s" };

    private static readonly Key<IReadOnlyList<string>> Roles = new("roles", new ListShape<string>(Values.Text, "roles", least: 1), "The roles whose sessions may be ended; with 'applications' too, both must fit.")
    {
        Example = "[reporting]",
    };

    private static readonly Key<IReadOnlyList<string>> Applications = new(
        "applications", new ListShape<string>(Values.Text, "applications", least: 1), "The applications whose sessions may be ended, by their application_name; with 'roles' too, both must fit.")
    {
        Example = "[metabase]",
    };

    private static readonly Key<IReadOnlyList<string>> Never = new("never", new ListShape<string>(Values.Text, "roles and applications"), "Roles and applications whose sessions are never ended.")
    {
        Example = "[billing]",
    };

    private static readonly Key<TerminationConfig> TerminateBlockers = new(
        "terminate_blockers",
        new RecordShape<TerminationConfig>(
            "a termination policy", [After, Roles, Applications, Never],
            fields => new TerminationConfig { After = fields.Get(After), Roles = fields.GetOrNull(Roles) ?? [], Applications = fields.GetOrNull(Applications) ?? [], Never = fields.GetOrNull(Never) ?? [] })
        {
            Check = policy => policy.Roles.Count == 0 && policy.Applications.Count == 0
                ? new Mistake("'terminate_blockers' says nothing about whose sessions may be ended", "Add roles, applications or both.")
                : null,
        },
        "Whose sessions are ended when they keep a lock from a migration; without it, nobody's. Autovacuum, backups, replication and Lockkeeper's own sessions are never ended.")
    {
        Example = "{ after: 10s, roles: [reporting], never: [billing] }",
    };

    public static RecordShape<LocksConfig> Shape { get; } = new(
        "the budget of locks", [MaxWaiting, For, LongTransaction, Wait, TerminateBlockers],
        fields => new LocksConfig
        {
            MaxWaiting = fields.Get(MaxWaiting),
            For = fields.Get(For),
            LongTransaction = fields.Get(LongTransaction),
            Wait = fields.Get(Wait),
            TerminateBlockers = fields.GetOrNull(TerminateBlockers),
        });
}
