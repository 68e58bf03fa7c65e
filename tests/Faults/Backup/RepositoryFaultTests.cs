using System.Globalization;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Repositories that lose bits, segments and passes, and runs that are killed in the middle.</summary>
public sealed class RepositoryFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task flipped_places_of_backups_and_wal_are_found_and_of_a_manifest_do_no_harm() => FlipAsync(6, "backup", "manifest", "wal");

    [Fact]
    [Trait("Category", "Long")]
    public Task two_hundred_flipped_places_are_found_or_do_no_harm() => FlipAsync(200);

    [Fact]
    public async Task a_segment_that_is_gone_breaks_the_map_and_a_full_backup_mends_it()
    {
        await using var project = await StartAsync();
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        for (var i = 0; i < 3; i++)
        {
            await project.SqlAsync("INSERT INTO orders SELECT i, 'more' FROM generate_series(1, 100) i; SELECT pg_switch_wal()");
            (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        }

        (await project.RunAsync("verify")).ExitCode.ShouldBe(0);
        var gone = project.Segments()[^3];
        File.Delete(gone);
        var list = await project.RunAsync("list");
        list.ExitCode.ShouldBe(1);
        list.Output.ShouldContain($"{Path.GetFileName(gone)[..24]} is missing");
        list.Output.ShouldContain("take a full backup now");
        var verify = await project.RunAsync("verify");
        verify.ExitCode.ShouldBe(1, verify.ToString());
        verify.Output.ShouldContain("1 WAL segment is missing from");
        var refused = await project.RunAsync("restore", "--target", File.GetLastWriteTimeUtc(project.Segments()[^1]).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        refused.Errors.ShouldContain("LK5010", Case.Sensitive, refused.ToString());

        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        (await project.RunAsync("list")).Output.ShouldNotContain("take a full backup now");
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
    }

    [Fact]
    public async Task a_wrong_pass_and_two_at_once_and_another_clusters_repository_are_refused_with_the_reason()
    {
        await using var project = await StartAsync(", cipher: \"${env:CIPHER}\"");
        var both = await Task.WhenAll(project.RunAsync("take", "--type", "full"), project.RunAsync("take", "--type", "full"));
        string.Join(' ', both.Select(one => one.ExitCode).Order()).ShouldBeOneOf("0 3", "0 0");
        both.Where(one => one.ExitCode == 3).ShouldAllBe(one => one.Errors.Contains("LK5005", StringComparison.Ordinal));

        project.Server.Project.Variables["CIPHER"] = "another pass of twenty letters";
        var wrong = await project.RunAsync("take");
        wrong.ExitCode.ShouldBe(3, wrong.ToString());
        (await project.Server.RunAsync("apply")).ToString().ShouldNotContain("twenty letters");
        var locked = await project.RunAsync("list");
        locked.ExitCode.ShouldNotBe(0, locked.ToString());
        locked.ToString().ShouldNotContain("twenty");
        project.Server.Project.Variables["CIPHER"] = "a pass of twenty-four letters";
        (await project.Server.RunAsync("apply")).ExitCode.ShouldBe(0);
        (await project.RunAsync("take")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_backup_and_a_drill_that_are_killed_leave_nothing_that_the_next_one_does_not_clear()
    {
        await using var project = await StartAsync();
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        foreach (var delay in new[] { 700, 1500 })
        {
            await KillAsync(project, delay, "take", "--type", "full");
            await TakeInTheEndAsync(project);
        }

        foreach (var delay in new[] { 1200, 2500 })
            await KillAsync(project, delay, "drill");
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
        Directory.GetDirectories(Path.Combine(project.Folder, "drills")).ShouldBeEmpty();
        (await project.Server.Project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    /// <summary>Flips bits in files of the repository, one after the other, and holds what is found against what a restore then gives.</summary>
    private static async Task FlipAsync(int cases, params string[] kinds)
    {
        await using var project = await StartAsync();
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        await project.SqlAsync("INSERT INTO orders SELECT i, 'more' FROM generate_series(1, 1000) i");
        (await project.RunAsync("take")).ExitCode.ShouldBe(0);
        var files = Directory.GetFiles(project.Repository, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0).GroupBy(Kind).Where(group => kinds.Length == 0 || kinds.Contains(group.Key)).ToDictionary(group => group.Key, group => group.Order(StringComparer.Ordinal).ToList());
        var (random, found) = (new Random(20261123), new SortedDictionary<string, (int Verify, int Drill, int Harmless)>(StringComparer.Ordinal));
        for (var i = 0; i < cases; i++)
        {
            var kind = files.Keys.Order(StringComparer.Ordinal).ElementAt(i % files.Count);
            var file = files[kind][random.Next(files[kind].Count)];
            var whole = await File.ReadAllBytesAsync(file, Cancel);
            var broken = (byte[])whole.Clone();
            for (var bit = 0; bit < 8; bit++)
                broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            await OverwriteAsync(file, broken);
            var (verify, drill, harmless) = found.GetValueOrDefault(kind);
            if ((await project.RunAsync("verify")).ExitCode != 0)
            {
                verify++;
            }
            else
            {
                // What verify did not see must come to nothing: a drill that passes has compared every row with the manifest.
                var tried = await project.RunAsync("drill");
                if (tried.ExitCode == 0)
                    tried.Output.ShouldContain("manifest: ", Case.Sensitive, $"{file}: {tried}");
                (drill, harmless) = tried.ExitCode != 0 ? (drill + 1, harmless) : (drill, harmless + 1);
            }

            found[kind] = (verify, drill, harmless);
            await OverwriteAsync(file, whole);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', found.Select(one => $"{one.Key}: {one.Value.Verify} found by verify, {one.Value.Drill} by a drill, {one.Value.Harmless} did no harm, as a drill proved")));
        (await project.RunAsync("verify")).ExitCode.ShouldBe(0, "all is whole again");
        foreach (var kind in new[] { "backup", "wal" })
            found[kind].Harmless.ShouldBe(0, $"nothing of {kind} is there twice");

        static string Kind(string file) => file.Contains("/archive/", StringComparison.Ordinal)
            ? Path.GetFileName(file).Contains("archive.info", StringComparison.Ordinal) ? "archive.info" : Path.GetFileName(file).EndsWith(".backup", StringComparison.Ordinal) ? "backup label in the archive" : "wal"
            : file.Contains("/backup.history/", StringComparison.Ordinal) ? "history" : Path.GetFileName(file) switch { "backup.info" or "backup.info.copy" => "backup.info", "backup.manifest" or "backup.manifest.copy" => "manifest", _ => "backup" };
    }

    private static async Task OverwriteAsync(string file, byte[] bytes)
    {
        // In place, so that owner and mode stay.
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        await stream.WriteAsync(bytes, Cancel);
        stream.SetLength(bytes.Length);
    }

    private static async Task KillAsync(BackupProject project, int delay, params string[] arguments)
    {
        await using var run = await project.Server.Project.StartAsync(["backup", .. arguments]);
        await Task.Delay(delay, Cancel);
        run.Kill();
        await run.WaitAsync();
    }

    /// <summary>pgBackRest goes on for a moment after the lk that had started it is gone, and holds its lock.</summary>
    private static async Task TakeInTheEndAsync(BackupProject project)
    {
        LkResult? last = null;
        for (var tries = 0; tries < 60; tries++)
        {
            last = await project.RunAsync("take");
            if (last.ExitCode == 0)
                return;
            last.Errors.ShouldContain("LK5005", Case.Sensitive, last.ToString());
            await Task.Delay(500, Cancel);
        }

        throw new InvalidOperationException(last!.ToString());
    }

    private static async Task<BackupProject> StartAsync(string repository = "")
    {
        var project = await BackupProject.CreateAsync(repository: repository);
        await project.SqlAsync("CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 2000) i");
        return project;
    }
}
