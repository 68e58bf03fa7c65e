using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Which layer of checks finds which fault. Every fault must be found by one of ours before it is restored.</summary>
public sealed class CheckLayerTests(FaultyArchive archive) : IClassFixture<FaultyArchive>
{
    private static readonly string[] Headers = ["fault", "`pgbackrest info`", "`pgbackrest check`", "`pgbackrest verify`", "`lk backup list`", "`lk backup verify`", "`lk backup drill`"];

    private readonly ProcessRunner runner = new(new Redactor(), TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void the_page_names_the_faults_that_are_tried() => CheckPage.Names("layers").ShouldBe(Faults().Select(fault => fault.Name));

    [Fact]
    [Trait("Category", "Long")]
    public async Task every_fault_is_found_before_it_is_restored()
    {
        var rows = new List<string[]>();
        foreach (var fault in Faults())
        {
            await archive.TakeAsync();
            await archive.ArchiveAsync("after the full backup");
            await archive.RequireAsync("take");
            for (var i = 0; i < 4; i++)
                await archive.ArchiveAsync("after the second");
            await archive.RequireAsync("drill");
            await using var damage = new Damage(archive);
            await fault.MakeAsync(damage);
            var row = await LookAsync();
            rows.Add(fault.MayBeHarmless ? [fault.Name, "ok, 0", "ok, 0", "by the bit", "passes", "by the bit", "by the bit"] : [fault.Name, .. row]);
            TestContext.Current.TestOutputHelper?.WriteLine($"{fault.Name}: {string.Join(" | ", row)}");
            // What does no harm is restored whole: the drill that passes has compared all rows. pgBackRest reads the copy of a damaged manifest, but for bits at which it ends with an error.
            (fault.MayBeHarmless || row.Skip(3).Any(cell => cell.StartsWith("**found**", StringComparison.Ordinal))).ShouldBeTrue($"{fault.Name}: {string.Join(" | ", row)}");
        }

        CheckPage.Write("layers", Headers, rows);
    }

    private static IReadOnlyList<Fault> Faults() =>
    [
        new("a WAL segment in the middle is gone", damage => damage.RemoveAsync(damage.Segment)),
        new("WAL was dropped by `archive-push-queue-max`, and more came after it", async damage =>
        {
            await damage.DropAsync();
            await damage.Archive.ArchiveAsync("after what was dropped");
        }),
        new("WAL was dropped by `archive-push-queue-max`, the newest", damage => damage.DropAsync()),
        new("a WAL segment is cut off", damage => damage.ChangeAsync(damage.Segment, bytes => bytes[..(bytes.Length / 3)])),
        new("a bit of a WAL segment is flipped", damage => damage.ChangeAsync(damage.Segment, Flipped)),
        new("a WAL segment holds another one's content", async damage =>
        {
            var other = await File.ReadAllBytesAsync(damage.Archive.Project.Segments()[^1], Cancel);
            await damage.ChangeAsync(damage.Segment, _ => other);
        }),
        new("a bit of a backup's files is flipped", damage => damage.ChangeAsync(damage.Bundle, Flipped)),
        new("a file of a backup is cut off", damage => damage.ChangeAsync(damage.Bundle, bytes => bytes[..(bytes.Length / 2)])),
        new("a file of a backup is gone", damage => damage.RemoveAsync(damage.Bundle)),
        new("the manifest of a backup is damaged, its copy is whole", damage => damage.ChangeAsync(damage.Manifest, Flipped), MayBeHarmless: true),
        new("the manifest of a backup and its copy are damaged", async damage =>
        {
            await damage.ChangeAsync(damage.Manifest, Flipped);
            await damage.ChangeAsync($"{damage.Manifest}.copy", Flipped);
        }),
        new("the full backup that the newest one needs is gone", damage => damage.RemoveAsync(damage.FullSet)),
        new("`backup.info` and its copy are damaged", damage => damage.ChangeAllAsync("backup/main/backup.info")),
        new("`archive.info` and its copy are damaged", damage => damage.ChangeAllAsync("archive/main/archive.info")),
        new("the repository is gone", damage => damage.RemoveAsync(damage.Archive.Project.Repository)),
        new("the server's archive command fails", async damage =>
        {
            await damage.Archive.ArchiveByAsync("--repo1-path=/proc");
            await damage.Archive.WriteAsync("waits");
            await FaultyArchive.EventuallyAsync(async () => await damage.Archive.Project.Server.ScalarAsync("postgres", "SELECT 'yes' FROM pg_stat_archiver WHERE last_failed_time > last_archived_time"));
        }),
    ];

    private async Task<string[]> LookAsync()
    {
        var info = await PgBackRestAsync("info");
        var check = await PgBackRestAsync("--archive-timeout=4", "check");
        var verify = await PgBackRestAsync("--log-level-console=info", "verify");
        // The policy of the test says nothing of drills, and one has just passed.
        var list = await archive.Project.RunAsync("list");
        var checkedAll = await archive.Project.RunAsync("verify");
        var drill = await archive.Project.RunAsync("drill");
        foreach (var one in new[] { list, checkedAll, drill })
            one.ToString().ShouldNotContain("   at Lockkeeper.", Case.Sensitive, "no stack trace at a user");
        return
        [
            $"{(info.AllOutput.Contains("status: ok", StringComparison.Ordinal) ? "ok" : "error")}, {info.ExitCode}", $"{(check.ExitCode == 0 ? "ok" : "error")}, {check.ExitCode}",
            $"{(verify.AllOutput.Contains("status: error", StringComparison.Ordinal) || verify.ExitCode != 0 ? "error" : "ok")}, {verify.ExitCode}", Word(list), Word(checkedAll), Word(drill),
        ];
    }

    private async Task<ProcessResult> PgBackRestAsync(params string[] arguments)
    {
        var host = new LocalHost(runner);
        var owner = (await new HostFiles(host).StatAsync(archive.Project.Data, Cancel))!.Owner;
        return await host.RunAsync(new HostCommand("pgbackrest", [$"--config={Path.Combine(archive.Project.Folder, "pgbackrest.conf")}", "--stanza=main", .. arguments]) { User = owner }, Cancel);
    }

    private static string Word(LkResult result) => result.ExitCode == 0 ? "passes" : $"**found**, {result.ExitCode}";

    private static byte[] Flipped(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    private sealed record Fault(string Name, Func<Damage, Task> MakeAsync, bool MayBeHarmless = false);
}
