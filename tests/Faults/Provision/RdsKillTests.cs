using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Provision;

/// <summary>An apply of a managed instance that is killed at every call that it makes.</summary>
public sealed class RdsKillTests
{
    [Fact]
    public async Task an_apply_that_is_killed_at_each_of_its_calls_is_gone_on_with_and_makes_nothing_twice()
    {
        await using var server = await ManagedPostgreSql.StartAsync();
        await using var emulator = RdsEmulator.Start(server.Cluster, new EmulatorTimes { Creating = TimeSpan.FromMilliseconds(700), Modifying = TimeSpan.FromMilliseconds(700) });
        await using var project = await LkProject.CreateAsync("dev");
        foreach (var (name, value) in MotoServer.Credentials)
            project.Variables[name] = value;
        project.Variables["MASTER_PASSWORD"] = ManagedPostgreSql.Password;
        Declare("class: db.t4g.micro");

        foreach (var action in new[] { "CreateDBParameterGroup", "ModifyDBParameterGroup", "CreateDBInstance" })
            await KilledAtAsync(action);
        await AppliedAsync();
        Declare("class: db.t4g.small");
        await KilledAtAsync("ModifyDBInstance");
        await AppliedAsync();

        emulator.Count.ShouldBe(1);
        emulator.Value("main", "DBInstanceClass").ShouldBe("db.t4g.small");
        emulator.Parameter("lockkeeper-main-postgres16", "work_mem").ShouldBe("65536");
        (await server.ScalarAsync("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).ShouldBe("shop_owner");
        (await project.RunAsync("provision", "drift", "main")).ExitCode.ShouldBe(0);
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);

        async Task KilledAtAsync(string action)
        {
            // The service has done it, and nobody is there any more to hear so.
            emulator.Fail(new EmulatorFault(action, -1, "", AfterEffect: true));
            await using var run = await project.StartAsync("provision", "apply", "main", "--yes");
            await emulator.HeldAsync();
            run.Kill();
            await run.WaitAsync();
            emulator.Release();
        }

        async Task AppliedAsync()
        {
            var applied = await project.RunAsync("provision", "apply", "main", "--yes");
            applied.ExitCode.ShouldBe(0, applied.ToString());
        }

        void Declare(string settings) => project.File(
            "clusters/main.yaml",
            $$"""
            engine: rds-postgres
            admin: "postgres://master:${env:MASTER_PASSWORD}@/postgres?sslmode=disable"
            managed: { region: eu-west-1, endpoint: "{{emulator.Url}}", storage: 20GB, version: "16", apply: immediately, user: master, password: "${env:MASTER_PASSWORD}", {{settings}} }
            parameters: { work_mem: 64MB }
            roles: { shop_owner: }
            databases: { shop: { owner: shop_owner, schemas: { app: { owner: shop_owner } } } }
            """);
    }
}
