using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Running.Tenants;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Running.Tenants;

public sealed class FanOutTests
{
    private static readonly IReadOnlyList<Tenant> Tenants = [.. Enumerable.Range(1, 100).Select(n => new Tenant($"t{n}", "", $"t{n}", null))];

    private static async Task<(FanOut Fan, IReadOnlyList<TenantResult> Results)> RunAsync(int parallel, int most, Func<Tenant, Task<bool>> passes, CancellationToken cancel = default)
    {
        var fan = new FanOut(parallel, most, new SilentProgress(), TimeProvider.System);
        var results = await fan.RunAsync(Tenants, () => new TenantSet.Lane(null!, null), async (tenant, _, _) =>
            await passes(tenant) ? new TenantResult(tenant, TenantOutcome.Done) : new TenantResult(tenant, TenantOutcome.Failed) { Error = new LockkeeperException(MigrateErrors.MigrationFailed, "no") }, cancel);
        return (fan, results);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public async Task each_tenant_is_changed_once_and_never_more_than_so_many_at_a_time(int parallel)
    {
        var (now, most) = (0, 0);
        var (fan, results) = await RunAsync(parallel, 0, async _ =>
        {
            lock (Tenants)
                most = Math.Max(most, ++now);
            await Task.Yield();
            lock (Tenants)
                now--;
            return true;
        });
        results.Select(result => result.Tenant).ShouldBe(Tenants, ignoreOrder: true);
        most.ShouldBeLessThanOrEqualTo(parallel);
        fan.StoppedBecause.ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(2, 30)]
    public async Task one_failure_more_than_allowed_stops_the_rest(int most, int reached)
    {
        var (fan, results) = await RunAsync(1, most, tenant => Task.FromResult(int.Parse(tenant.Name[1..]) % 10 != 0));
        results.Count.ShouldBe(reached);
        fan.StoppedBecause.ShouldNotBeNull();
    }

    [Fact]
    public async Task a_cancelled_run_starts_no_further_tenant()
    {
        using var source = new CancellationTokenSource();
        var (fan, results) = await RunAsync(1, 0, tenant =>
        {
            if (tenant.Name == "t5")
                source.Cancel();
            return Task.FromResult(true);
        }, source.Token);
        results.Count.ShouldBe(5);
        fan.StoppedBecause.ShouldBe("it was cancelled");
    }
}
