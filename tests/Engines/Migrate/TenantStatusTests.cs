using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

public sealed class TenantStatusTests
{
    [Fact]
    public async Task status_says_how_many_tenants_are_where_and_names_those_that_are_behind()
    {
        await using var project = (await TenantProject.OfSchemasAsync(30)).WithTwoMigrations();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--tenant", "t0007", "--yes")).ExitCode.ShouldBe(0);
        var status = await project.RunAsync("migrate", "status");
        status.ExitCode.ShouldBe(0, status.ToString());
        status.Output.ShouldContain("this one in 29 of 30 tenants");
        status.Output.ShouldContain("29 of 30");
        status.Output.ShouldContain("t0007");
        status.Output.ShouldNotContain("t0008");
        (await project.RunAsync("migrate", "status", "--all")).Output.ShouldContain("t0008");
        var tenants = (await project.JsonAsync("migrate", "status"))["data"]!["databases"]![0]!["environments"]![0]!["tenants"]!.AsArray();
        tenants.Count.ShouldBe(30);
        ((int)tenants[6]!["pending"]!, (string?)tenants[6]!["newest"]).ShouldBe((1, "0001"));
        ((int)tenants[7]!["pending"]!, (string?)tenants[7]!["release"]).ShouldBe((0, "this one, passed"));
    }

    [Fact]
    public async Task a_tenant_that_is_not_there_is_a_finding_and_not_the_end()
    {
        await using var project = (await TenantProject.OfSchemasAsync(3)).WithTwoMigrations();
        await project["dev"].ExecuteAsync("DROP SCHEMA t0002");
        var status = await project.RunAsync("migrate", "status");
        status.ExitCode.ShouldBe(1, status.ToString());
        status.Output.ShouldContain("1 tenant could not be read, t0002 the first: LK3143");
        status.Output.ShouldContain("2 tenants: 0 migrations applied, 2 pending");
    }

    [Fact]
    public async Task the_histories_of_many_schemas_are_read_in_a_handful_of_statements()
    {
        await using var project = (await TenantProject.OfSchemasAsync(200)).WithTwoMigrations();
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--tenant", "t0001")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("INSERT INTO lockkeeper.migrations (series, id, kind, name, file, sha256, artifact, run, applied_by, applied_at, duration_ms, outcome) SELECT 'shop@' || t.schema, m.id, m.kind, m.name, m.file, m.sha256, m.artifact, m.run, m.applied_by, m.applied_at, m.duration_ms, m.outcome FROM tenants t, lockkeeper.migrations m WHERE t.schema > 't0001' AND t.schema <= 't0150'");
        await project["dev"].ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        var status = await project.RunAsync("migrate", "status");
        status.Output.ShouldContain("this one in 1 of 200 tenants");
        status.Output.ShouldContain("150 of 200");
        (await project["dev"].ScalarAsync("SELECT (sum(calls) < 12)::text FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query LIKE '/* lk:migrate.tenant%' OR query LIKE '/* lk:migrate.history%' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())")).ShouldBe("true");
    }
}
