using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Rds.Comparing;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision.Rds;

/// <summary>One moto for all tests of the class; each has a region of its own, since moto gives the parameters of the region's first group whichever is asked for.</summary>
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
        project.Declare("shop-made", Instance("us-east-1", "storage: 20GB"));
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

    [Fact]
    public async Task an_instance_is_destroyed_after_two_confirmations_and_a_final_snapshot_and_nobody_elses()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("shop-gone", Instance("ap-south-1", "storage: 20GB"));
        await project.MadeAsync("shop-gone");
        (await project.RunAsync("destroy", "shop-gone", "--yes", "--name", "shop-gone", "--no-last-backup")).Errors.ShouldContain("LK4006");
        project.Declare("shop-gone", Instance("ap-south-1", "storage: 20GB").Replace("managed:", "protect: false\nmanaged:", StringComparison.Ordinal));
        (await project.RunAsync("destroy", "shop-gone", "--yes", "--name", "shop-gone")).Errors.ShouldContain("LK4031");
        var unconfirmed = await project.RunAsync("destroy", "shop-gone", "--yes", "--last-backup", "shop-gone-last");
        unconfirmed.ExitCode.ShouldBe(5, unconfirmed.ToString());
        unconfirmed.Errors.ShouldContain("LOST: the instance shop-gone with all its databases, up to 20 GB");
        project.Declare("of-others", Instance("ap-south-1", "storage: 20GB").Replace("managed:", "protect: false\nmanaged:\n  identifier: shop-gone", StringComparison.Ordinal));
        (await project.RunAsync("destroy", "of-others", "--yes", "--name", "of-others", "--no-last-backup")).Errors.ShouldContain("LK4120");
        (await project.DifferencesAsync("shop-gone")).ShouldBeEmpty();

        var gone = await project.RunAsync("destroy", "shop-gone", "--yes", "--name", "shop-gone", "--last-backup", "shop-gone-last");
        gone.ExitCode.ShouldBe(0, gone.ToString());
        gone.Output.ShouldContain("The last backup is the snapshot shop-gone-last.");
        (await project.DifferencesAsync("shop-gone"))[^1].ShouldStartWith("instance shop-gone: new");
        await MotoServer.BotocoreAsync(
            $"""
            import boto3
            rds = boto3.client('rds', region_name='ap-south-1', endpoint_url='{moto.Server.Url}', aws_access_key_id='AKIDTEST', aws_secret_access_key='x')
            assert [one['DBSnapshotIdentifier'] for one in rds.describe_db_snapshots()['DBSnapshots']] == ['shop-gone-last']
            """);
        (await project.RunAsync("destroy", "shop-gone", "--yes", "--name", "shop-gone", "--no-last-backup")).Output.ShouldContain("There was nothing left of it");
    }

    [Fact]
    public async Task what_is_changed_in_the_file_is_changed_in_the_service_in_one_call()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("shop-changed", Instance("eu-west-2", "storage: 20GB"));
        await project.MadeAsync("shop-changed");
        project.Declare("shop-changed", Instance("eu-west-2", "storage: 50GB").Replace("backup_days: 7", "backup_days: 3", StringComparison.Ordinal)
            .Replace("work_mem: 64MB", "work_mem: 32MB", StringComparison.Ordinal).Replace("team: payments", "team: data", StringComparison.Ordinal).Replace("class: db.t4g.micro", "class: db.t4g.small", StringComparison.Ordinal));
        (await project.DifferencesAsync("shop-changed")).ShouldBe([
            "parameter group lockkeeper-shop-changed-postgres16: work_mem 65536 → 32768",
            "instance shop-changed: class db.t4g.micro → db.t4g.small, storage 20 GB → 50 GB, backup_days 7 → 3 in the maintenance window",
            "instance shop-changed: tags team: payments → data",
        ]);
        var applied = await project.RunAsync("apply", "shop-changed");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.DifferencesAsync("shop-changed")).ShouldBeEmpty();
        (await project.RunAsync("drift", "shop-changed")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task what_only_a_new_instance_can_have_is_said_and_never_done()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("shop-fixed", Instance("eu-west-3", "storage: 20GB"));
        await project.MadeAsync("shop-fixed");
        project.Declare("shop-fixed", Instance("eu-west-3", "storage: 10GB").Replace("encrypted: true", "encrypted: false", StringComparison.Ordinal).Replace("version: \"16.4\"", "version: \"16.2\"", StringComparison.Ordinal));
        (await project.DifferencesAsync("shop-fixed")).ShouldBe(["- instance shop-fixed: version 16.4 → 16.2", "- instance shop-fixed: storage 20 GB → 10 GB", "- instance shop-fixed: encrypted yes → no"]);
        var applied = await project.RunAsync("apply", "shop-fixed");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("only a new one can have another value (replace)");
    }

    [Fact]
    public async Task what_somebody_else_has_made_is_refused_until_it_is_adopted()
    {
        await using var project = await RdsProject.CreateAsync();
        await MotoServer.BotocoreAsync(
            $"""
            import boto3
            rds = boto3.client('rds', region_name='eu-west-1', endpoint_url='{moto.Server.Url}', aws_access_key_id='AKIDTEST', aws_secret_access_key='x')
            rds.create_db_instance(DBInstanceIdentifier='orders-old', Engine='postgres', EngineVersion='15.8', DBInstanceClass='db.m6g.large', AllocatedStorage=100, StorageType='gp3', MasterUsername='boss', MasterUserPassword='unknown-to-us',
                Tags=[dict(Key='team', Value='orders')], EnableCloudwatchLogsExports=['postgresql'], BackupRetentionPeriod=5)
            """);
        project.Declare("orders-old", Instance("eu-west-1", "storage: 100GB"));
        var refused = await project.RunAsync("apply", "orders-old", "--yes");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK4120: orders-old exists in the service, and was not made from this declaration");

        var adopted = await project.RunAsync("adopt", "orders", "--url", "rds://eu-west-1/orders-old", "--endpoint", moto.Server.Url);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        (await project.DifferencesAsync("orders")).ShouldBe(["instance orders-old: tags lockkeeper:cluster: none → test/orders"]);
        (await project.RunAsync("apply", "orders")).ExitCode.ShouldBe(0);
        (await project.DifferencesAsync("orders")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("aurora-postgres", "16.4")]
    [InlineData("aurora-mysql", "8.0.mysql_aurora.3.05.2")]
    public async Task an_aurora_cluster_is_made_with_its_instances_and_adopted_again(string engine, string version)
    {
        await using var project = await RdsProject.CreateAsync();
        var name = engine + "-made";
        project.Declare(name, Aurora(engine, version, "{ name: NAME-1, tier: 0 }"));
        var applied = await project.RunAsync("apply", name);
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.DifferencesAsync(name)).ShouldBeEmpty();
        project.Declare(name, Aurora(engine, version, "{ name: NAME-1, tier: 1 }, { name: NAME-2, class: db.r6g.xlarge }"));
        applied = await project.RunAsync("apply", name);
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.DifferencesAsync(name)).ShouldBeEmpty();
        (await project.RunAsync("adopt", name + "-again", "--url", $"rds://eu-west-1/{name}", "--endpoint", moto.Server.Url)).ExitCode.ShouldBe(5, "it belongs to its first declaration");
        project.Declare(name, Aurora(engine, version, "{ name: NAME-1, tier: 1 }, { name: NAME-2, class: db.r6g.xlarge }") + "protect: false\n");
        var gone = await project.RunAsync("destroy", name, "--yes", "--name", name, "--last-backup", name + "-last");
        gone.ExitCode.ShouldBe(0, gone.ToString());
        (await project.DifferencesAsync(name)).ShouldContain(one => one.StartsWith($"Aurora cluster {name}: new", StringComparison.Ordinal) || one.Contains("new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_instance_of_mysql_is_made_with_its_parameters()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("legacy", Instance("us-east-2", "storage: 20GB").Replace("rds-postgres", "rds-mysql", StringComparison.Ordinal).Replace("\"16.4\"", "\"8.0.36\"", StringComparison.Ordinal).Replace("[postgresql, upgrade]", "[error, slowquery]", StringComparison.Ordinal)
            .Replace("work_mem: 64MB, shared_buffers", "max_allowed_packet: 64MB, innodb_buffer_pool_size", StringComparison.Ordinal));
        var applied = await project.RunAsync("apply", "legacy");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("max_allowed_packet not set → 67108864");
        (await project.DifferencesAsync("legacy")).ShouldBeEmpty();
    }

    [Fact]
    public async Task every_name_that_is_sent_or_read_is_in_the_services_own_model()
    {
        var names = (await MotoServer.BotocoreAsync(
            """
            import botocore.session
            model = botocore.session.get_session().get_service_model('rds')
            for action in ['CreateDBInstance', 'ModifyDBInstance', 'CreateDBCluster', 'ModifyDBCluster']:
                for name, member in model.operation_model(action).input_shape.members.items():
                    print(f'{action} {name}' + (f'.{member.member.serialization.get("name", "member")}' if member.type_name == 'list' else ''))
            for shape in ['PendingModifiedValues', 'ClusterPendingModifiedValues']:
                for name in model.shape_for(shape).members: print(shape, name)
            """)).Split('\n').ToHashSet(StringComparer.Ordinal);
        foreach (var (action, properties) in new[] { ("DBInstance", ServiceProperties.OfInstance), ("DBCluster", ServiceProperties.OfAurora), ("DBInstance", ServiceProperties.OfMember(new ManagedInstanceConfig("a", "b", "c", 1))) })
        {
            foreach (var property in properties)
            {
                var list = property.Member is null ? "" : "." + property.Member;
                names.ShouldContain($"Create{action} {property.Create}{list}");
                // The logs of a change are a structure of two lists.
                if (property.Modify is not null)
                    names.ShouldContain($"Modify{action} {property.Modify}{(property.ModifyBy is not null ? "" : list)}");
                if (property.Pending is not null && action == "DBInstance")
                    names.ShouldContain($"PendingModifiedValues {property.Pending}");
            }
        }
    }

    private string Aurora(string engine, string version, string instances) =>
        $$"""
        engine: {{engine}}
        managed:
          region: eu-west-1
          endpoint: {{moto.Server.Url}}
          class: db.r6g.large
          version: "{{version}}"
          backup_days: 7
          deletion_protection: false
          user: master
          password: "${env:MASTER_PASSWORD}"
          instances: [{{instances.Replace("NAME", engine + "-made", StringComparison.Ordinal)}}]

        """;

    private string Instance(string region, string settings) =>
        $$"""
        engine: rds-postgres
        managed:
          region: {{region}}
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
