using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config.Clusters;

/// <summary>Reading clusters that a managed service keeps.</summary>
public sealed class ManagedReaderTests : IDisposable
{
    private const string Complete = "region: eu-west-1, class: db.t4g.micro, storage: 20GB, version: \"16\", user: master, password: \"${env:P}\"";

    private readonly string folder = Directory.CreateTempSubdirectory("lk-managed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void every_key_is_read()
    {
        var managed = Read(ClusterSample.Managed).Managed!.Value;
        (managed.Storage, managed.MaxStorage, managed.Iops, managed.MultiAz, managed.Apply).ShouldBe((100, 500, 12_000, true, ManagedApply.Window));
        managed.Version!.Value.ShouldBe("16.4");
        managed.Patience.ShouldBe(TimeSpan.FromHours(2));
        Read(ClusterSample.Aurora).Managed!.Value.Instances.Select(one => one.Value).ShouldBe([new("shop-prod-1", null, "eu-west-1a", 0), new("shop-prod-2", "db.r6g.xlarge", "eu-west-1b", 1)]);
    }

    [Fact]
    public void what_is_not_said_is_null_and_stays_whatever_it_is()
    {
        var managed = Read($"engine: rds-postgres\nmanaged: {{ {Complete} }}").Managed!.Value;
        (managed.MultiAz, managed.BackupDays, managed.SecurityGroups, managed.Port).ShouldBe((null, null, null, null));
    }

    [Theory]
    [InlineData("engine: postgres", "a.yaml:1:1", "the file has no 'admin'")]
    [InlineData("engine: rds-postgres", "a.yaml:1:1", "the engine 'rds-postgres' needs the key 'managed'")]
    [InlineData("admin: postgres://localhost/postgres\nmanaged: { region: eu-west-1 }", "a.yaml:2:10", "the engine 'postgres' is no managed service")]
    [InlineData("engine: rds-postgres\nmanaged: { class: db.t4g.micro, storage: 20GB, version: \"16\", user: a, password: \"${env:P}\" }", "a.yaml:2:10", "'managed' has no 'region'")]
    [InlineData("engine: rds-postgres\nmanaged: { region: eu-west-1, class: db.t4g.micro, storage: 20GB, version: \"16\" }", "a.yaml:2:10", "'managed' has no 'user'")]
    [InlineData("engine: aurora-mysql\nmanaged: { " + Complete + " }", "a.yaml:2:10", "'managed' has no 'instances'")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + ", max_storage: 20GB }", "a.yaml:2:10", "'max_storage' is not more than 'storage'")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + ", storage_type: io1, throughput: 500 }", "a.yaml:2:10", "a disk of the kind io1 has no 'throughput'")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + ", tags: { \"aws:x\": a } }", "a.yaml:2:10", "the tag 'aws:x' cannot be declared: names that start with aws: or lockkeeper: are not for people")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + ", parameter_group: g }\nparameters: { work_mem: 1MB }", "a.yaml:2:10", "'parameters' go into a group of Lockkeeper's own, and 'parameter_group' names another")]
    [InlineData("engine: rds-postgres\nversion: 17\nmanaged: { " + Complete + " }", "a.yaml:3:76", "the version is 16 under 'managed', and 17 above")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + " }\nroles: { app: { superuser: true } }", "a.yaml:3:15", "the role 'app' cannot be a superuser in a managed service")]
    [InlineData("engine: rds-mysql\nmanaged: { region: eu-west-1, class: db.t4g.micro, storage: 20GB, version: \"8.0\", user: a, password: \"${env:P}\" }\ndatabases: { shop: }", "a.yaml:3:20", "roles and databases inside of MySQL cannot be declared yet")]
    [InlineData("engine: rds-postgres\nversion: 16\ninstance:\nmanaged: { " + Complete + " }", "a.yaml:3:10", "'instance' is a server that the program keeps on a host, and the service keeps this one")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + ", backup_days: 36 }", "a.yaml:2:131", "'backup_days' must be a whole number from 0 to 35, but it is '36'")]
    [InlineData("engine: rds-postgres\nmanaged: { region: eu-west-1, class: db.t4g.micro, storage: 20GB, version: \"16\", user: master, password: secret }", "a.yaml:2:106", "'password' must be a secret reference, but it is written out")]
    [InlineData("engine: rds-postgres\nmanaged: { " + Complete + ", endpoint: \"http://rds.example.com/\" }", "a.yaml:2:10", "'endpoint' is neither https nor on this machine, and passwords would be sent to it in clear text")]
    [InlineData("engine: rds-postgres\nbackup: { repositories: [{ path: /srv/backups }] }\nmanaged: { " + Complete + " }", "a.yaml:2:9", "'backup: repositories' is about pgBackRest on a server's host, and the service makes the backups of this one")]
    [InlineData("engine: rds-postgres\nbackup: { rpo: 5m, drill: { folder: /var/tmp/drills } }\nmanaged: { " + Complete + " }", "a.yaml:2:9", "'backup: drill: folder' is about pgBackRest on a server's host, and the service makes the backups of this one")]
    [InlineData("engine: rds-postgres\nbackup: { drill: { class: huge } }\nmanaged: { " + Complete + " }", "a.yaml:2:27", "'class' must be a class of instances, but it is 'huge'")]
    [InlineData("admin: postgres://127.0.0.1/postgres\nbackup: { rpo: 5m }", "a.yaml:2:9", "'backup' has no 'repositories'")]
    [InlineData("admin: postgres://127.0.0.1/postgres\nbackup: { repositories: [{ path: /srv/backups }], drill: { class: db.t4g.micro } }", "a.yaml:2:9", "'backup: drill: class' is a class of instances of a managed service, and a host keeps this cluster")]
    [InlineData("engine: rds-postgress", "a.yaml:1:9", "'engine' must be one of postgres, rds-postgres, aurora-postgres, rds-mysql, aurora-mysql, but it is 'rds-postgress'")]
    public void mistakes_are_told_with_their_places(string yaml, string place, string message)
    {
        var error = Should.Throw<LockkeeperException>(() => Read(yaml));
        error.Message.ShouldBe(message);
        error.At!.ToString().ShouldBe(place);
    }

    [Fact]
    public void a_name_that_the_service_does_not_take_needs_an_identifier()
    {
        Should.Throw<LockkeeperException>(() => Read($"cluster: Shop_1\nengine: rds-postgres\nmanaged: {{ {Complete} }}")).Message.ShouldBe("'Shop_1' cannot be a name in the service");
        Read($"cluster: Shop_1\nengine: rds-postgres\nmanaged: {{ {Complete}, identifier: shop-1 }}").Managed!.Value.Identifier.ShouldBe("shop-1");
    }

    [Fact]
    public void parts_of_it_may_stand_in_the_template()
    {
        File.WriteAllText(Path.Combine(folder, "standard.yml"), "engine: rds-postgres\nmanaged: { region: eu-west-1, storage: 20GB, version: \"16\", user: master, password: \"${env:P}\" }");
        Read("template: standard.yml\nmanaged: { class: db.t4g.micro }").Managed!.Value.Region.ShouldBe("eu-west-1");
    }

    private ClusterConfig Read(string yaml)
    {
        File.WriteAllText(Path.Combine(folder, "a.yaml"), yaml);
        return ClusterReader.Load(folder, ["*.yaml"]).ShouldHaveSingleItem();
    }
}
