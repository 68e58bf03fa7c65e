using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>The tenants of an environment as they were found: the series is compared once for all that are in the same state.</summary>
internal sealed class TenantLook
{
    /// <summary>Past this a list of tenants is for programs.</summary>
    private const int ShownTenants = 20;

    private readonly IReadOnlyList<(TenantGroup Group, HistoryComparison Comparison)> groups;
    private readonly TenantSurvey survey;
    private readonly IReadOnlyList<Tenant> order;
    private readonly MigrationSeries series;

    private TenantLook(MigrationSeries series, IReadOnlyList<Tenant> order, TenantSurvey survey, OutOfOrderPolicy policy, IOrderProofs proofs)
    {
        (this.series, this.order, this.survey) = (series, order, survey);
        groups = [.. survey.Groups.Select(group => (group, HistoryComparison.Of(series, group.State.Rows, policy, proofs)))];
    }

    public static async Task<TenantLook> OfAsync(TargetChoice targets, Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, MigrationSeries series, string? tenant, CancellationToken cancel)
    {
        await using var all = await targets.OpenTenantsAsync(workspace, environment, database, cancel);
        var set = all.Only(tenant);
        return new TenantLook(series, set.Tenants, await TenantSurvey.OfAsync(set, set.Config.Parallel, cancel), database.OutOfOrder, await OrderRecord.ForAsync(workspace, database, cancel));
    }

    /// <summary>The environment's line: how many tenants are where.</summary>
    public EnvironmentStatus Status(string environment) => new(
        environment, Plural.Of(order.Count, "tenant"), groups.Select(pair => pair.Group.State.Server).FirstOrDefault(),
        groups.Count == 0 ? 0 : groups.Min(pair => pair.Group.State.Rows.Count(row => row.InPlace)), groups.Count == 0 ? 0 : groups.Max(pair => pair.Comparison.Pending.Count),
        $"this one in {groups.Where(pair => IsHere(pair.Group.State)).Sum(pair => pair.Group.Tenants.Count)} of {Plural.Of(order.Count, "tenant")}", null, [.. Findings()], Tenants());

    /// <summary>The state of each migration over the tenants: one word where it is the same in all.</summary>
    public IReadOnlyDictionary<string, string> States()
    {
        var each = groups.Select(pair => (States: MigrationStates.Of(series, pair.Group.State, pair.Comparison, []), pair.Group.Tenants.Count)).ToList();
        var known = each.Sum(group => group.Count);
        return series.Migrations.ToDictionary(migration => migration.Id, migration =>
            each.Count == 0 ? "unknown"
            : each.Select(group => group.States[migration.Id]).Distinct().Count() == 1 ? each[0].States[migration.Id]
            : $"{each.Where(group => group.States[migration.Id] is "applied" or "baseline").Sum(group => group.Count)} of {known}");
    }

    /// <summary>What is applied in some tenant and has no file.</summary>
    public IEnumerable<HistoryRow> Missing => groups.SelectMany(pair => pair.Comparison.Missing);

    /// <summary>The lines below the environment's: how many are in which state, then the tenants one by one.</summary>
    public static IEnumerable<Block> Text(EnvironmentStatus status, bool all)
    {
        if (status.Tenants.Count == 0)
            yield break;
        var behind = status.Tenants.Where(tenant => tenant.Error is not null || tenant.Pending > 0 || tenant.Findings.Count > 0 || !tenant.Release.StartsWith("this one, passed", StringComparison.Ordinal)).ToList();
        foreach (var same in behind.GroupBy(tenant => tenant.Error is null ? $"{Plural.Of(tenant.Applied, "migration")} applied, {tenant.Pending} pending, release: {tenant.Release}" : "not read").OrderByDescending(same => same.Count()))
            yield return new Line($"{status.Environment}: {Plural.Of(same.Count(), "tenant")}: {same.Key}", Tone.Warning);
        var shown = all ? status.Tenants : [.. behind.Take(ShownTenants)];
        if (shown.Count > 0)
        {
            yield return new Table(
                ["tenant", "newest", "applied", "pending", "release"],
                [.. shown.Select(tenant => (IReadOnlyList<Cell>)
                    [tenant.Tenant, tenant.Newest ?? "", tenant.Error is null ? $"{tenant.Applied}" : "?", tenant.Error is null ? $"{tenant.Pending}" : "?",
                        tenant.Error is { } error ? new Cell(error, Tone.Bad) : new Cell(tenant.Release, tenant.Pending > 0 ? Tone.Warning : Tone.Plain)])]);
        }

        if (!all && behind.Count > ShownTenants)
            yield return new Line($"… and {behind.Count - ShownTenants} more (--all shows every tenant)", Tone.Muted);
    }

    private bool IsHere(TargetState state) => state.Release is { Outcome: ReleaseOutcome.Passed } release && release.Artifact == series.Artifact;

    private IEnumerable<FindingReport> Findings()
    {
        foreach (var same in groups.SelectMany(pair => pair.Comparison.Findings.Select(finding => (finding, pair.Group.Tenants.Count))).GroupBy(pair => (pair.finding.Rule, pair.finding.Message)))
        {
            var finding = Verbs.Status.FindingData(same.First().finding);
            yield return finding with { Message = $"{finding.Message}, in {Plural.Of(same.Sum(pair => pair.Count), "tenant")}" };
        }

        foreach (var lost in survey.Lost.GroupBy(lost => lost.Error.Code))
        {
            var (tenant, error) = lost.First();
            yield return new FindingReport(
                "not-read", nameof(Severity.Error).ToLowerInvariant(), $"{Plural.Of(lost.Count(), "tenant")} could not be read, {tenant.Name} the first: {error.Code.Id}: {error.Message}", error.At?.ToString(), error.Hint);
        }
    }

    private IReadOnlyList<TenantStatus> Tenants()
    {
        var byTenant = new Dictionary<Tenant, TenantStatus>();
        foreach (var (group, comparison) in groups)
        {
            var (applied, newest) = (group.State.Rows.Count(row => row.InPlace), group.State.Rows.LastOrDefault(row => row.InPlace)?.Id);
            var (release, findings) = (Verbs.Status.ReleaseWords(series, group.State), comparison.Findings.Select(Verbs.Status.FindingData).ToList());
            foreach (var tenant in group.Tenants)
                byTenant[tenant] = new TenantStatus(tenant.Name, applied, comparison.Pending.Count, newest, release, null, findings);
        }

        foreach (var (tenant, error) in survey.Lost)
            byTenant[tenant] = new TenantStatus(tenant.Name, 0, 0, null, "", $"{error.Code.Id}: {error.Message}", []);
        return [.. order.Select(tenant => byTenant[tenant])];
    }
}
