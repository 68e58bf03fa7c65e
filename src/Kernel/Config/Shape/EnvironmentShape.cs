namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of an item of <c>environments</c>.</summary>
internal static class EnvironmentShape
{
    private static readonly Key<string> Name = new("name", Values.Name, "The name, as it is given to --env.") { Required = true, Example = "staging" };

    private static readonly Key<IReadOnlyDictionary<string, TargetConfig>> Targets = new(
        "targets", new MapShape<TargetConfig>(TenantsShape.Shape, "targets", least: 1),
        "The connection URL of each database in this environment, or a map of its tenants. ${env:NAME}, ${file:PATH} and ${exec:COMMAND} stand for a secret that is read when it is needed; $${ stands for a literal ${.")
    {
        Required = true, Example = "{ shop: \"${env:STAGING_URL}\" }",
    };

    private static readonly Key<IReadOnlyList<GateConfig>> Gates = new(
        "gates", new ListShape<GateConfig>(GateShape.Gate, "gates"), "Commands that must exit with 0 after a release was applied here, before it may be promoted.")
    {
        Example = "[ { name: smoke test, run: ./smoke.sh } ]",
    };

    private static readonly Key<ApprovalConfig> Approvals = new("approvals", GateShape.Approvals, "Who must approve a run before it starts; nobody approves their own.")
    {
        Example = "{ required: 1, groups: [dba] }",
    };

    private static readonly Key<WindowConfig> Window = new("window", WindowShape.Shape, "When changes may start; without it, always.")
    {
        Example = "{ days: mon-thu, from: \"09:00\", to: \"16:00\", zone: Europe/Berlin }",
    };

    private static readonly Key<OnFailure> OnFailureKey = new(
        "on_failure", Values.Choice(["stop", "rollback"], [OnFailure.Stop, OnFailure.Rollback]),
        "What happens to what a run applied when it fails: stop leaves it in place and says so, rollback takes it back with the down files.")
    {
        Default = "stop", Example = "rollback",
    };

    private static readonly Key<HealthConfig> Health = new("health", GateShape.Health, "What is watched after a release was applied; past a limit the run has failed.")
    {
        Example = "{ for: 2m, max_p95_ratio: 1.5, max_waiting: 20 }",
    };

    private static readonly Key<bool> RequireWayBack = new(
        "require_way_back", Values.Boolean, "Whether a plan is refused whose migrations have no way back that 'lk migrate prove' has gone.")
    {
        Default = "false", Example = "true",
    };

    private static readonly Key<bool> RequirePromotion = new(
        "require_promotion", Values.Boolean, "Whether only releases that passed the environment before this one may come here.")
    {
        Default = "true", Example = "false",
    };

    private static readonly Key<ContractConfig> Contract = new(
        "contract", ContractShape.Shape, "What must agree before a migration may take an old form away ('-- lk: contract of'); until then it is held, and later migrations go past it.")
    {
        Example = "{ unused_for: 7d, no_application: \"shop-1.*\" }",
    };

    public static RecordShape<EnvironmentConfig> Shape { get; } = new(
        "an environment", [Name, Targets, Gates, Approvals, Window, OnFailureKey, Health, RequirePromotion, RequireWayBack, Contract],
        fields => new EnvironmentConfig
        {
            Name = fields.Get(Name),
            Targets = fields.Get(Targets),
            Gates = fields.GetOrNull(Gates) ?? [],
            Approvals = fields.GetOrNull(Approvals),
            Window = fields.GetOrNull(Window),
            OnFailure = fields.Get(OnFailureKey),
            Health = fields.GetOrNull(Health),
            RequirePromotion = fields.Get(RequirePromotion),
            RequireWayBack = fields.Get(RequireWayBack),
            Contract = fields.GetOrNull(Contract) ?? new ContractConfig(),
        });
}
