using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>Repositories in object stores, and a second repository beside the first.</summary>
public sealed class ObjectStoreTests
{
    // moto answers the thousand small requests of verify one after the other.
    [Fact]
    [Trait("Category", "Long")]
    public async Task a_repository_in_an_object_store_is_set_up_taken_to_verified_drilled_and_restored_from_and_its_keys_are_nowhere()
    {
        await using var store = await ObjectStore.StartAsync();
        await using var project = await BackupProject.CreateAsync(", rpo: 1h", $", {store.Repository}, cipher: \"${{env:CIPHER}}\"", variables: ObjectStore.Variables);
        (await project.Server.DifferencesAsync()).ShouldBeEmpty();
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 1000)");
        await DoneAsync("check");
        await DoneAsync("take");
        await project.SqlAsync("INSERT INTO orders VALUES (1001)");
        await DoneAsync("check");

        await DoneAsync("verify");
        await DoneAsync("drill");
        await DoneAsync("list");
        (await store.NamesAsync()).ShouldContain(name => name.Contains("/backup/main/", StringComparison.Ordinal));
        var restored = await project.JsonAsync("restore");
        (await BackupProject.AskAsync(restored, "SELECT count(*) FROM orders")).ShouldBe("1001");
        await project.StopAsync(restored);

        await NowhereAsync(project);

        async Task DoneAsync(params string[] verb)
        {
            var result = await project.RunAsync(verb);
            result.ExitCode.ShouldBe(0, result.ToString());
            result.ToString().ShouldNotContain(ObjectStore.Secret);
        }
    }

    [Fact]
    public async Task a_second_repository_gets_all_of_it_too_and_is_restored_from_when_the_first_is_gone()
    {
        await using var store = await ObjectStore.StartAsync();
        await using var project = await BackupProject.CreateAsync("", $" }}, {{ path: /second, {store.Repository}, cipher: \"${{env:CIPHER}}\"", variables: ObjectStore.Variables);
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 1000)");
        var taken = await project.RunAsync("take", "--no-manifest");
        taken.ExitCode.ShouldBe(0, taken.ToString());
        await project.SqlAsync("INSERT INTO orders VALUES (1001)");
        (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        var both = (await project.JsonAsync("list"))["repositories"]!.AsArray();
        both.Select(one => one!["sets"]!.AsArray().Count).ShouldBe([1, 1]);
        both.Select(one => (long)one!["wal_segments"]!).Distinct().Count().ShouldBe(1);

        Directory.Delete(project.Repository, recursive: true);
        var list = await project.RunAsync("list");
        list.ExitCode.ShouldBe(1, list.ToString());
        list.Output.ShouldContain("cannot be used: missing stanza path");
        // A host that was made anew: what pgBackRest needs there is written again.
        File.Delete(Path.Combine(project.Folder, "pgbackrest.conf"));
        var restored = await project.JsonAsync("restore");
        restored["folder"].ShouldNotBeNull(restored.ToJsonString());
        (await BackupProject.AskAsync(restored, "SELECT count(*) FROM orders")).ShouldBe("1001");
        await project.StopAsync(restored);
        var drill = await project.RunAsync("drill", "--repository", "2");
        drill.ExitCode.ShouldBe(0, drill.ToString());
        await NowhereAsync(project);

        // The first one is made anew, and then gets all of it again.
        (await project.Server.RunAsync("apply")).ExitCode.ShouldBe(0);
        File.Delete(store.CaFile);
        var check = await project.RunAsync("check");
        check.ExitCode.ShouldBe(3, check.ToString());
        check.Errors.ShouldContain("LK5006: s3://backups/second at localhost");
        check.Errors.ShouldContain("certificate");
    }

    private static async Task NowhereAsync(BackupProject project)
    {
        var written = (await project.Server.Project.RunAsync("ledger", "show", "--json")).Output;
        written.ShouldContain("backup.drilled");
        foreach (var secret in new[] { ObjectStore.Key, ObjectStore.Secret, "twenty-four" })
        {
            written.ShouldNotContain(secret);
            foreach (var log in Directory.GetFiles(Path.Combine(project.Folder, "log")))
                (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).ShouldNotContain(secret, customMessage: log);
        }
    }
}
