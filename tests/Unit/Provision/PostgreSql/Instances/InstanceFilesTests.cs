using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.PostgreSql.Instances;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision.PostgreSql.Instances;

/// <summary>Where the parts of an instance are, and what stands in its files.</summary>
public sealed class InstanceFilesTests
{
    private static readonly SourcePosition At = new("clusters/shop.yaml", 1, 1);

    private static readonly HostFacts Debian = new("/usr/lib/postgresql/17/bin", HasCreateCluster: true, HasSystemd: true, MayUseRunFolder: true, "postgres", null);

    [Fact]
    public void debians_layout_has_debians_paths_and_unit_and_logs_where_debian_rotates()
    {
        var cluster = Cluster(new InstanceConfig());
        var place = InstancePlace.Of(cluster, Debian, 5433);
        (place.Data, place.AccessFile, place.LogFile, place.Unit, place.UnitFile).ShouldBe(
            ("/var/lib/postgresql/17/shop", "/etc/postgresql/17/shop/pg_hba.conf", "/var/log/postgresql/postgresql-17-shop.log", "postgresql@17-shop.service", null));
        var files = new InstanceFiles(cluster, place);
        files.Fixed().Select(file => Path.GetFileName(file.Path)).ShouldBe(["postgresql.conf", "pg_ident.conf", "environment", "pg_ctl.conf", "start.conf"]);
        files.Fixed()[0].Text.ShouldContain("data_directory = '/var/lib/postgresql/17/shop'\nhba_file = '/etc/postgresql/17/shop/pg_hba.conf'");
        files.Standard(isLoopback: true).Keys.ShouldNotContain("logging_collector");
    }

    [Fact]
    public void one_folder_has_everything_in_it_and_a_unit_of_ours()
    {
        var cluster = Cluster(new InstanceConfig { Data = "/srv/pg data/shop", Port = 6000 });
        var place = InstancePlace.Of(cluster, Debian, 5433);
        (place.Port, place.AccessFile, place.New, place.UnitFile).ShouldBe((6000, "/srv/pg data/shop/pg_hba.conf", "/srv/pg data/.shop.lk-new", "/etc/systemd/system/lockkeeper-shop.service"));
        var files = new InstanceFiles(cluster, place);
        files.Unit()!.Text.ShouldContain("ExecStart=/usr/lib/postgresql/17/bin/pg_ctl -D '/srv/pg data/shop' -l '/srv/pg data/shop/startup.log' -s -w -t 60 start");
        files.Standard(isLoopback: false)["listen_addresses"].Value.ShouldBe("*");
        files.Standard(isLoopback: true)["log_filename"].Value.ShouldBe("postgresql-%a.log");
        InstancePlace.Of(cluster, Debian with { HasSystemd = false }, 5433).UnitFile.ShouldBeNull();
    }

    [Theory]
    [InlineData("4GB", "'4GB'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("a\\b\nc", @"'a\\b\nc'")]
    public void a_value_is_written_so_that_the_server_reads_it_back(string value, string expected) => ParameterFile.Quoted(value).ShouldBe(expected);

    [Fact]
    public void a_certificate_of_ours_fits_its_key_its_hosts_and_no_others()
    {
        var pair = ServerCertificate.Make("shop", ["db.example.net", "10.0.0.5"], DateTimeOffset.UnixEpoch.AddYears(60));
        ServerCertificate.Fault(pair).ShouldBeNull();
        ServerCertificate.Fault(pair with { Key = ServerCertificate.Make("other", ["x"], DateTimeOffset.UnixEpoch).Key }).ShouldNotBeNull();
        ServerCertificate.Fault(pair with { Certificate = "no certificate" }).ShouldNotBeNull();
        ServerCertificate.IsFor(pair.Certificate, ["db.example.net", "10.0.0.5"]).ShouldBeTrue();
        ServerCertificate.IsFor(pair.Certificate, ["db.example.net", "10.0.0.6"]).ShouldBeFalse();
        ServerCertificate.Day(ServerCertificate.EndOf(pair.Certificate)!.Value).ShouldBe("2031-02-02");
    }

    private static ClusterConfig Cluster(InstanceConfig instance) => new() { Name = "shop", File = "clusters/shop.yaml", Version = 17, Admin = new Placed<string>("", At), Instance = new Placed<InstanceConfig>(instance, At) };
}
