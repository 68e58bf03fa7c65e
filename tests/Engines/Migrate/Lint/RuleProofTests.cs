using System.Collections.Concurrent;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.PostgreSql.Rules;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>The server itself confirms what the rules say of locks, scans and rewrites: on every PostgreSQL whose programs are here.</summary>
public sealed class RuleProofTests
{
    private static readonly ConcurrentDictionary<int, Task<SandboxCluster>> Clusters = new();

    /// <summary>One database a server: to make one takes longer than a proof.</summary>
    private static readonly ConcurrentDictionary<int, Task<TestDatabase>> Databases = new();

    public static TheoryData<int> Proofs => [.. Enumerable.Range(0, RuleProofs.All.Count)];

    public static TheoryData<int> Refused => [.. Enumerable.Range(0, RuleProofs.Refused.Count)];

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task the_server_does_what_a_rule_says_of_the_bad_way_and_not_of_the_good_one(int number)
    {
        var proof = RuleProofs.All[number];
        foreach (var cluster in await ClustersAsync())
        {
            await using var witness = await ServerWitness.OfAsync(await DatabaseAsync(cluster), $"proof{number}", proof.Setup);
            (await witness.ObserveAsync(proof.Bad, proof.Claims, commit: false)).ShouldAllBe(isTrue => isTrue, $"{proof} on {cluster.MajorVersion}");
            foreach (var good in proof.Good)
                await ShouldBeSafeAsync(witness, proof, good, cluster.MajorVersion);
        }
    }

    [Theory]
    [MemberData(nameof(Proofs))]
    public void the_rule_finds_the_bad_way_and_not_the_good_one(int number)
    {
        var proof = RuleProofs.All[number];
        SeriesLint.Of(proof.Setup, null, proof.Bad).Select(finding => finding.Rule).ShouldContain(proof.Rule, proof.ToString());
        if (proof.Good.Length > 0)
            SeriesLint.Of(proof.Setup, null, proof.Good).Where(finding => finding.Rule == proof.Rule).Select(finding => finding.Message).ShouldBeEmpty(proof.ToString());
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task the_server_refuses_what_a_rule_says_that_it_refuses(int number)
    {
        var (rule, setup, bad, state) = RuleProofs.Refused[number];
        SeriesLint.Of(setup, null, bad).Select(finding => finding.Rule).ShouldContain(rule);
        foreach (var cluster in await ClustersAsync())
        {
            await using var witness = await ServerWitness.OfAsync(await DatabaseAsync(cluster), $"refused{number}", setup);
            (await Should.ThrowAsync<PostgresException>(() => witness.RunAsync(state == "25001" ? "BEGIN;" + bad : bad))).SqlState.ShouldBe(state, bad);
        }
    }

    [Fact]
    public void every_rule_that_speaks_of_a_lock_or_of_a_rewrite_has_a_proof()
    {
        // The first speaks of a mode of replication, the others of the waits that changes of other rules bring.
        string[] elsewhere = ["replica-identity", "require-lock-timeout", "prefer-text-field"];
        var proven = RuleProofs.All.Select(proof => proof.Rule).ToHashSet();
        RuleList.All.Select(rule => rule.Info)
            .Where(rule => rule.Why.Contains("EXCLUSIVE") || rule.Why.Contains("SHARE lock") || rule.Title.Contains("wait"))
            .Select(rule => rule.Id).Except(proven).Except(elsewhere).ShouldBeEmpty();
    }

    private static async Task ShouldBeSafeAsync(ServerWitness witness, RuleProof proof, string good, int version)
    {
        if (SqlParser.Analyze(SqlSplitter.Split(good, "test").First()).CannotRunInTransaction is null)
            (await witness.ObserveAsync(good, proof.Claims, commit: true)).ShouldContain(false, $"{good} on {version}");
        else if (version >= 14 || !good.Contains("DETACH", StringComparison.Ordinal))
            (await witness.ModesWhileItWaitsAsync(good, proof.Claims[0].Relation)).ShouldNotContain(proof.Claims[0].Mode, $"{good} on {version}");
    }

    private static Task<TestDatabase> DatabaseAsync(SandboxCluster cluster) => Databases.GetOrAdd(cluster.MajorVersion, _ => TestDatabase.CreateAsync(cluster: cluster));

    private static async Task<IReadOnlyList<SandboxCluster>> ClustersAsync()
    {
        var clusters = new List<SandboxCluster> { await TestCluster.SharedAsync(), await LabCluster.SharedAsync() };
        foreach (var version in await ServerBinaries.MajorsHereAsync(TestPorts.Create(), CancellationToken.None))
        {
            if (clusters.All(cluster => cluster.MajorVersion != version))
                clusters.Add(await Clusters.GetOrAdd(version, major => TestCluster.StartAsync(majorVersion: major)));
        }

        return clusters;
    }
}
