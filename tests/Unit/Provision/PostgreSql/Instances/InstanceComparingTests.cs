using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Provision.PostgreSql.Instances;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision.PostgreSql.Instances;

/// <summary>What is said of the certificates and checksums of an instance that is there.</summary>
public sealed class InstanceComparingTests
{
    private static readonly SourcePosition At = new("clusters/shop.yaml", 1, 1);

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);

    private static readonly CertificatePair Ours = ServerCertificate.Make("shop", ["db.example.net"], Now);

    private static readonly CertificatePair Other = ServerCertificate.Make("other", ["db.example.net"], Now);

    [Fact]
    public void a_certificate_of_ours_is_made_anew_when_it_ends_soon_fits_no_longer_or_is_for_another_host()
    {
        Said(Ours).ShouldBeEmpty();
        Said(null).ShouldBe(["certificate: made, signed by itself"]);
        Said(Ours, now: Now.AddDays(380)).ShouldBe(["certificate: ends soon → made anew"]);
        Said(Ours with { Key = Other.Key }).ShouldBe(["certificate: does not fit its key → made anew"]);
        Said(Ours, hosts: ["db.example.net", "10.0.0.5"]).ShouldBe(["certificate: made anew for db.example.net, 10.0.0.5"]);
        Said(Ours, mode: "640").ShouldBe(["certificate: mode 640 → 600"]);
    }

    [Fact]
    public void a_declared_certificate_is_put_back_and_said_before_it_ends()
    {
        Said(Ours, declared: Ours).ShouldBeEmpty();
        Said(Other, declared: Ours).ShouldBe(["certificate: changed → as declared"]);
        Said(null, declared: Ours).ShouldBe(["certificate: written"]);
        Said(Ours, declared: Ours, now: Now.AddDays(380)).ShouldBe(["- certificate: ends on 2031-02-02"]);
    }

    [Fact]
    public void checksums_are_decided_when_an_instance_is_made_and_reported_afterwards() =>
        Comparing(Ours, "600", Tls(null), checksums: false).Data(_ => Task.CompletedTask).Single().Words.ShouldBe("instance shop: checksums off → on");

    private static IEnumerable<string> Said(CertificatePair? there, CertificatePair? declared = null, DateTimeOffset? now = null, string[]? hosts = null, string mode = "600") =>
        Comparing(there, mode, Tls(declared), checksums: true).Certificates(declared, null, hosts ?? ["db.example.net"], now ?? Now, (_, _) => Task.CompletedTask).Select(one => (one.Remedy is null ? "- " : "") + one.Words);

    private static TlsConfig Tls(CertificatePair? declared) =>
        declared is null ? new TlsConfig { SelfSigned = true } : new TlsConfig { Certificate = new Placed<string>("a.crt", At), Key = new Placed<string>("${file:a.key}", At) };

    private static InstanceComparing Comparing(CertificatePair? there, string mode, TlsConfig tls, bool checksums)
    {
        var cluster = new ClusterConfig
        {
            Name = "shop", File = "clusters/shop.yaml", Version = 17, Admin = new Placed<string>("", At), Instance = new Placed<InstanceConfig>(new InstanceConfig { Data = "/srv/pg/shop" }, At), Tls = new Placed<TlsConfig>(tls, At),
        };
        var place = InstancePlace.Of(cluster, new HostFacts("/bin", false, false, false, "postgres", null), 5432);
        var files = new Dictionary<string, HostFile>();
        if (there is not null)
        {
            files[place.CertificateFile] = new HostFile(new HostEntry(place.CertificateFile, HostEntryKind.File, "postgres", "postgres", "644", 1), there.Certificate);
            files[place.KeyFile] = new HostFile(new HostEntry(place.KeyFile, HostEntryKind.File, "postgres", "postgres", mode, 1), there.Key);
        }

        var state = new InstanceState(true, checksums, null, files, 0, true, long.MaxValue, false);
        return new InstanceComparing(cluster, place, state, new InstanceWork(new LocalHost(new ProcessRunner(new Redactor(), TimeProvider.System)), cluster, place, "postgres"));
    }
}
