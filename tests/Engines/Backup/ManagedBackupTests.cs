using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.Engines.Provision.Rds;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Rds;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>Snapshots and restores of what a managed service runs, against moto.</summary>
public sealed class ManagedBackupTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    [Fact]
    public async Task a_snapshot_is_taken_listed_restored_into_a_new_instance_and_removed()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("shop-kept", Yaml("rds-postgres", "16.4", "eu-central-1", "class: db.t4g.micro, storage: 20GB, storage_type: gp3, backup_days: 7, security_groups: [sg-0a1b2c3d]"));
        await project.MadeAsync("shop-kept");

        var taken = await JsonAsync(project, "backup", "take", "shop-kept");
        var label = taken["set"]!["label"]!.GetValue<string>();
        label.ShouldStartWith("shop-kept-");
        (await JsonAsync(project, "backup", "list"))["repositories"]![0]!["sets"]!.AsArray().Select(set => set!["label"]!.GetValue<string>()).ShouldContain(label);

        var dry = await project.Project.RunAsync("backup", "restore", "shop-kept", "--set", label, "--to", "shop-again", "--dry-run");
        dry.Output.ShouldContain($"would restore the snapshot {label} into a new instance shop-again");
        var restored = await JsonAsync(project, "backup", "restore", "shop-kept", "--set", label, "--to", "shop-again");
        restored["folder"]!.GetValue<string>().ShouldBe("shop-again");
        restored["socket"]!.GetValue<string>().ShouldNotBeEmpty();
        await MotoServer.BotocoreAsync(
            $"""
            import boto3
            rds = boto3.client('rds', region_name='eu-central-1', endpoint_url='{moto.Server.Url}', aws_access_key_id='AKIDTEST', aws_secret_access_key='x')
            copy = rds.describe_db_instances(DBInstanceIdentifier='shop-again')['DBInstances'][0]
            assert copy.get('PubliclyAccessible') is not True, copy
            assert copy['DBInstanceClass'] == 'db.t4g.micro', copy
            assert [one['VpcSecurityGroupId'] for one in copy['VpcSecurityGroups']] == ['sg-0a1b2c3d'], copy
            """);
        (await project.Project.RunAsync("backup", "restore", "shop-kept", "--set", label, "--to", "shop-again")).Errors.ShouldContain("LK5011: there is an instance shop-again");

        (await project.Project.RunAsync("backup", "expire", "shop-kept", "--set", label)).ExitCode.ShouldBe(5);
        var removed = await project.Project.RunAsync("backup", "expire", "shop-kept", "--set", label, "--yes");
        removed.ExitCode.ShouldBe(0, removed.ToString());
        (await JsonAsync(project, "backup", "list", "shop-kept"))["repositories"]![0]!["sets"]!.AsArray().Select(set => set!["label"]!.GetValue<string>()).ShouldNotContain(label);
        var ledger = await project.Project.RunAsync("ledger", "show");
        ledger.Output.ShouldContain("backup.taken");
        ledger.Output.ShouldContain("backup.restored");
        ledger.Output.ShouldContain("backup.expired");
    }

    [Fact]
    public async Task a_moment_is_restored_within_the_range_of_the_service_only()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("shop-moment", Yaml("rds-postgres", "16.4", "eu-west-3", "class: db.t4g.micro, storage: 20GB, storage_type: gp3, backup_days: 7"));
        await project.MadeAsync("shop-moment");
        var far = DateTimeOffset.UtcNow.AddYears(1).ToString("O", CultureInfo.InvariantCulture);
        var refused = await project.Project.RunAsync("backup", "restore", "shop-moment", "--target", far);
        refused.ExitCode.ShouldBe(2, refused.ToString());
        refused.Errors.ShouldContain("LK5010");
        refused.Errors.ShouldContain("The service has every moment");
        (await project.Project.RunAsync("backup", "restore", "shop-moment", "--target", "0/7000028")).Errors.ShouldContain("is not a moment that a managed service can restore");
        (await project.Project.RunAsync("backup", "restore", "shop-moment", "--in-place", "--yes", "--confirm", "shop-moment")).Errors.ShouldContain("a managed service restores all of a cluster, into a new instance");
        (await project.Project.RunAsync("backup", "restore", "shop-moment", "--set", "nothere")).Errors.ShouldContain("LK5009: there is no snapshot nothere");
        (await project.Project.RunAsync("backup", "verify", "shop-moment")).Errors.ShouldContain("LK5000: a managed service runs 'shop-moment'");
        var restored = await JsonAsync(project, "backup", "restore", "shop-moment", "--to", "shop-newest");
        restored["target"]!.GetValue<string>().ShouldStartWith("the newest state");
    }

    [Fact]
    public async Task an_aurora_cluster_is_restored_with_an_instance_that_answers()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("aurora-kept", Yaml("aurora-postgres", "16.4", "eu-north-1", "class: db.r6g.large, backup_days: 7, instances: [{ name: aurora-kept-1 }]"));
        await project.MadeAsync("aurora-kept");
        var label = (await JsonAsync(project, "backup", "take", "aurora-kept"))["set"]!["label"]!.GetValue<string>();
        var restored = await JsonAsync(project, "backup", "restore", "aurora-kept", "--set", label, "--to", "aurora-again");
        restored["folder"]!.GetValue<string>().ShouldBe("aurora-again");
        await MotoServer.BotocoreAsync(
            $"""
            import boto3
            rds = boto3.client('rds', region_name='eu-north-1', endpoint_url='{moto.Server.Url}', aws_access_key_id='AKIDTEST', aws_secret_access_key='x')
            assert [one['DBInstanceIdentifier'] for one in rds.describe_db_clusters(DBClusterIdentifier='aurora-again')['DBClusters'][0]['DBClusterMembers']] == ['aurora-again-1']
            """);
    }

    [Fact]
    public async Task a_drill_of_aurora_that_is_stopped_while_it_connects_leaves_nothing()
    {
        await using var project = await RdsProject.CreateAsync();
        project.Declare("aurora-tried", Yaml("aurora-postgres", "16.4", "eu-west-2", "class: db.r6g.large, backup_days: 7, instances: [{ name: aurora-tried-1 }]"));
        await project.MadeAsync("aurora-tried");
        await JsonAsync(project, "backup", "take", "aurora-tried");
        // Behind moto's instances there is no server.
        await using var drill = await project.Project.StartAsync("backup", "drill", "aurora-tried", "--target", "snapshot");
        await drill.WaitForTextAsync("is there; it is removed at the end");
        drill.Interrupt();
        (await drill.WaitAsync()).ExitCode.ShouldNotBe(0);
        await MotoServer.BotocoreAsync(
            $"""
            import boto3
            rds = boto3.client('rds', region_name='eu-west-2', endpoint_url='{moto.Server.Url}', aws_access_key_id='AKIDTEST', aws_secret_access_key='x')
            assert [one['DBClusterIdentifier'] for one in rds.describe_db_clusters()['DBClusters']] == ['aurora-tried']
            assert [one['DBInstanceIdentifier'] for one in rds.describe_db_instances()['DBInstances']] == ['aurora-tried-1']
            """);
    }

    private static async Task<JsonNode> JsonAsync(RdsProject project, params string[] arguments)
    {
        var result = await project.Project.RunAsync([.. arguments, "--json"]);
        return JsonNode.Parse(result.Output)?["data"] ?? throw new InvalidOperationException(result.ToString());
    }

    private string Yaml(string engine, string version, string region, string settings) =>
        $$"""
        engine: {{engine}}
        managed: { region: {{region}}, endpoint: "{{moto.Server.Url}}", version: "{{version}}", user: master, password: "${env:MASTER_PASSWORD}", {{settings}} }
        """;
}
