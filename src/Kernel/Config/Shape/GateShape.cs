namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>What an environment asks of a release: gates, approvals, health.</summary>
internal static class GateShape
{
    private static readonly Key<string> Name = new("name", Values.Text, "What the gate is called in reports.") { Required = true, Example = "smoke test" };

    private static readonly Key<string> Run = new(
        "run", Values.Text, "The command, run by sh in the folder of lockkeeper.yaml with DATABASE_URL and the PG* variables set to the target.")
    {
        Required = true, Example = "./smoke.sh",
    };

    private static readonly Key<TimeSpan> Timeout = new("timeout", Values.Duration("1d"), "How long it may run before it counts as failed.")
    {
        Default = "10m", Example = "90s",
    };

    private static readonly Key<int> Required = new("required", Values.Integer(1, 20), "How many different people must approve.") { Default = "1", Example = "2" };

    private static readonly Key<IReadOnlyList<string>> Groups = new(
        "groups", new ListShape<string>(Values.Name, "groups"), "The groups that they must belong to; without it, anybody but the person who asked.")
    {
        Example = "[dba]",
    };

    private static readonly Key<TimeSpan> For = new("for", Values.Duration("1d"), "How long the target is watched.") { Required = true, Example = "2m" };

    private static readonly Key<double> MaxP95Ratio = new(
        "max_p95_ratio", Values.Number(1, 1000), "The highest allowed ratio of the statements' 95th percentile after the change to that before it; without it, no limit.")
    {
        Example = "1.5",
    };

    private static readonly Key<int> MaxWaiting = new(
        "max_waiting", Values.Integer(0, 100_000), "The highest allowed number of sessions that wait for a lock; without it, no limit.")
    {
        Example = "20",
    };

    public static RecordShape<GateConfig> Gate { get; } = new(
        "a gate", [Name, Run, Timeout],
        fields => new GateConfig { Name = fields.Get(Name), Run = fields.Get(Run), Timeout = fields.Get(Timeout) });

    public static RecordShape<ApprovalConfig> Approvals { get; } = new(
        "approvals", [Required, Groups],
        fields => new ApprovalConfig { Required = fields.Get(Required), Groups = fields.GetOrNull(Groups) ?? [] });

    public static RecordShape<HealthConfig> Health { get; } = new(
        "health", [For, MaxP95Ratio, MaxWaiting],
        fields => new HealthConfig { For = fields.Get(For), MaxP95Ratio = fields.NumberOrNull(MaxP95Ratio), MaxWaiting = fields.NumberOrNull(MaxWaiting) })
    {
        Check = health => health.MaxP95Ratio is null && health.MaxWaiting is null
            ? new Mistake("'health' watches nothing", "Add a limit: max_p95_ratio, max_waiting or both.")
            : null,
    };
}
