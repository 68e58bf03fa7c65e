using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>A pgBackRest that keeps the changed blocks of files, beside the distribution's that keeps whole files.</summary>
public sealed class NewerPgBackRestTests
{
    [Fact]
    public async Task an_incremental_backup_holds_the_changed_blocks_and_all_that_is_done_with_backups_works_with_it()
    {
        await using var project = await BackupProject.CreateAsync(variables: new Dictionary<string, string?> { ["PATH"] = $"{Lab.PgBackRestFolder}:{Environment.GetEnvironmentVariable("PATH")}" });
        var file = await File.ReadAllTextAsync(Path.Combine(project.Folder, "pgbackrest.conf"), TestContext.Current.CancellationToken);
        file.ShouldContain("repo1-block=y");
        await project.SqlAsync("CREATE TABLE filled (id int, filling text) WITH (fillfactor = 90); INSERT INTO filled SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, 150000) i");
        // Otherwise the update's reading would leave its mark on every page.
        await project.SqlAsync("VACUUM (FREEZE) filled");
        await OkAsync(project, "take", "--type", "full");
        await project.SqlAsync("UPDATE filled SET id = -id WHERE id % 15000 = 0");
        await OkAsync(project, "take", "--type", "incremental");

        var sets = (await project.JsonAsync("list"))["repositories"]![0]!["sets"]!.AsArray();
        sets.Count.ShouldBe(2);
        // Ten pages of a table of forty megabytes; a whole file would be a third of the full backup and more.
        Bytes(sets[1]!).ShouldBeLessThan(Bytes(sets[0]!) / 5);
        await OkAsync(project, "verify");
        await OkAsync(project, "check");
        var restored = await project.JsonAsync("restore");
        (await BackupProject.AskAsync(restored, "SELECT count(*), count(*) FILTER (WHERE id < 0) FROM filled")).Trim().ShouldBe("150000|10");
        await project.StopAsync(restored);
        await OkAsync(project, "drill");
    }

    private static long Bytes(JsonNode set) => (long)set["repository_bytes"]!;

    private static async Task OkAsync(BackupProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
    }
}
