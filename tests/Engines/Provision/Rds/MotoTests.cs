using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision.Rds;

/// <summary>One moto for all tests of the class; each has instances of its own names.</summary>
public sealed class MotoFixture : IAsyncLifetime
{
    public MotoServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await MotoServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The shapes of requests and answers, as somebody else has written them from the service's own model.</summary>
public sealed class MotoTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    [Fact]
    public async Task an_instance_is_made_with_its_parameters_and_the_plan_on_it_is_empty()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("shop-made", Instance("storage: 20GB"));
        (await project.DifferencesAsync("shop-made")).ShouldBe([
            "parameter group lockkeeper-shop-made-postgres16: new, family postgres16",
            "parameter group lockkeeper-shop-made-postgres16: work_mem not set → 65536, shared_buffers not set → {DBInstanceClassMemory/32768}",
            "instance shop-made: new: class db.t4g.micro, version 16.4, storage 20 GB, storage_type gp3, multi_az yes, backup_days 7, backup_window 03:00-04:00, maintenance_window sun:05:00-sun:06:00, port 5433, security_groups sg-0a1b2c3d, public no, encrypted yes, deletion_protection no, iam_auth yes, logs postgresql, upgrade",
        ]);

        var applied = await project.RunAsync("apply", "shop-made");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.DifferencesAsync("shop-made")).ShouldBeEmpty();
        (applied.Output + applied.Errors).ShouldNotContain("of-the-master-9");
    }

    private string Instance(string settings) =>
        $$"""
        engine: rds-postgres
        managed:
          region: eu-west-1
          endpoint: {{moto.Server.Url}}
          class: db.t4g.micro
          version: "16.4"
          storage_type: gp3
          multi_az: true
          backup_days: 7
          backup_window: "03:00-04:00"
          maintenance_window: sun:05:00-sun:06:00
          port: 5433
          security_groups: [sg-0a1b2c3d]
          public: false
          encrypted: true
          deletion_protection: false
          iam_auth: true
          logs: [postgresql, upgrade]
          tags: { team: payments }
          user: master
          password: "${env:MASTER_PASSWORD}"
          {{settings}}
        parameters: { work_mem: 64MB, shared_buffers: "{DBInstanceClassMemory/32768}" }
        """;
}
