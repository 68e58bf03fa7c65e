using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Transaction ids that run out, on a server whose counter was set forward, and a page that the disk has changed.</summary>
public sealed class AlertFaultTestsOfWraparound
{
    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresWraparoundNear", "PostgresFreezeBehind")]
    public async Task transaction_ids_were_used_up_and_nothing_was_frozen(int version)
    {
        // Autovacuum starts because of age whatever its settings say, and must not be done before it was seen.
        await using var server = await Versions.StartAsync(version, new Dictionary<string, string> { ["autovacuum"] = "off", ["autovacuum_max_workers"] = "1", ["autovacuum_vacuum_cost_delay"] = "100ms", ["autovacuum_vacuum_cost_limit"] = "1" });
        await using (var before = AlertHarness.Of(server))
            await before.QuietAsync("PostgresWraparoundNear", "PostgresFreezeBehind");
        await server.StopAsync();
        // 1.2 thousand million, where a file of pg_xact begins: 2^20 transactions a file.
        const long Next = 1145L << 20;
        await InDataAsync(server, $"\"$bin/pg_resetwal\" -x {Next} . >/dev/null && head -c 262144 /dev/zero >pg_xact/{Next >> 20:X4}");
        await server.StartAgainAsync();
        await using var harness = AlertHarness.Of(server);
        var near = await harness.FiresAsync("PostgresWraparoundNear");
        near.Severity.ShouldBe(AlertSeverity.Critical);
        near.Summary.ShouldEndWith("has used 55.9 % of the transaction ids that it has until it takes no more writes");
        await harness.FiresAsync("PostgresFreezeBehind");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresChecksumFailures")]
    public async Task a_page_was_changed_on_the_disk(int version)
    {
        await using var server = await Versions.StartAsync(version);
        await server.StopAsync();
        await InDataAsync(server, "\"$bin/pg_checksums\" --enable -D . >/dev/null");
        await server.StartAgainAsync();
        await Session.OnceAsync(server, "CREATE TABLE paid (id int, sum int)", "INSERT INTO paid SELECT i, i FROM generate_series(1, 100) AS i");
        string? file;
        await using (var session = await Session.OpenAsync(server))
            file = await session.ScalarAsync("SELECT pg_relation_filepath('paid')");
        await using (var before = AlertHarness.Of(server))
            await before.QuietAsync("PostgresChecksumFailures");
        await server.StopAsync();
        await InDataAsync(server, $"printf 'rot' | dd of={file} bs=1 seek=8000 conv=notrunc status=none");
        await server.StartAgainAsync();
        await using (var reader = await Session.OpenAsync(server))
            await reader.FailAsync("SELECT sum(sum) FROM paid");
        await using var harness = AlertHarness.Of(server);
        (await harness.FiresAsync("PostgresChecksumFailures")).Summary.ShouldBe("1 pages of postgres of server had a wrong checksum");
    }

    /// <summary>Runs a script in the folder of the data as the user that the server runs as.</summary>
    private static async Task InDataAsync(SandboxCluster server, string script)
    {
        IReadOnlyList<string> words = [.. ServerUser.Find().Launcher, "sh", "-c", "set -e; cd \"$1\"; bin=$2; " + script, "sh", Path.Combine(server.Folder, "data"), server.BinariesFolder];
        await new ProcessRunner(new Redactor(), TimeProvider.System).RunOrFailAsync(new ProcessSpec(words[0], [.. words.Skip(1)]) { Folder = "/" }, "The data could not be changed.", CancellationToken.None);
    }
}
