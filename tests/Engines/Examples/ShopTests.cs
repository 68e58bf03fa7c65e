using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Examples;

/// <summary>The project of the tour and of the pages does what they say.</summary>
public sealed class ShopTests
{
    private static readonly string shop = RepositoryRoot.Path("examples/shop");

    [Fact]
    public async Task every_way_back_leads_to_where_it_came_from()
    {
        await using var database = await TestDatabase.CreateAsync();
        var before = await SnapshotAsync(database);
        foreach (var up in Ups())
        {
            await RunAsync(database, up);
            await RunAsync(database, up.Replace(".up.sql", ".down.sql", StringComparison.Ordinal));
            SchemaDiff.Compare(before, await SnapshotAsync(database)).ShouldBeEmpty(Path.GetFileName(up));
            await RunAsync(database, up);
            before = await SnapshotAsync(database);
        }
    }

    [Fact]
    public async Task a_release_passes_the_gate_and_one_with_a_mistake_goes_back_by_itself()
    {
        await using var dev = await TestDatabase.CreateAsync();
        await using var staging = await TestDatabase.CreateAsync();
        using var folder = new TestFolder();
        Copy(shop, folder.Path);
        async Task<LkResult> Lk(int expected, params string[] arguments)
        {
            var result = await LkProcess.RunAsync(new LkCall(arguments)
            {
                Folder = folder.Path,
                Environment = new Dictionary<string, string?> { ["SHOP_DEV_URL"] = dev.Url, ["SHOP_STAGING_URL"] = staging.Url, ["SHOP_PROD_URL"] = "postgres://nobody@127.0.0.1:1/none" },
            });
            result.ExitCode.ShouldBe(expected, result.ToString());
            return result;
        }

        Release(folder, "good");
        await Lk(0, "migrate", "apply", "--env", "dev");
        (await Lk(0, "migrate", "promote", "--to", "staging")).Output.ShouldContain("gate shop tests: passed");
        var passed = await SnapshotAsync(staging);

        Release(folder, "broken");
        await Lk(0, "migrate", "apply", "--env", "dev");
        var refused = await Lk(5, "migrate", "promote", "--to", "staging");
        refused.Errors.ShouldContain("LK1500");
        refused.ToString().ShouldContain("costs 400 cents, expected 450");
        SchemaDiff.Compare(passed, await SnapshotAsync(staging)).ShouldBeEmpty();

        await Lk(0, "migrate", "rollback", "--env", "dev", "--to", "0036", "--yes");
        Release(folder, "mended");
        await Lk(0, "migrate", "apply", "--env", "dev");
        await Lk(0, "migrate", "promote", "--to", "staging");
        SchemaDiff.Compare(await SnapshotAsync(dev), await SnapshotAsync(staging)).ShouldBeEmpty();
        (await Lk(0, "ledger", "verify")).Output.ShouldContain("sound");
    }

    [Fact]
    public async Task the_history_lints_clean_and_the_dangerous_release_is_found_tried_fixed_and_applied()
    {
        await using var dev = await TestDatabase.CreateAsync();
        using var folder = new TestFolder();
        Copy(shop, folder.Path);
        Release(folder, "good");
        async Task<LkResult> Lk(int expected, params string[] arguments)
        {
            var result = await LkProcess.RunAsync(new LkCall(arguments)
            {
                Folder = folder.Path,
                Environment = new Dictionary<string, string?>
                {
                    ["SHOP_DEV_URL"] = dev.Url, ["SHOP_STAGING_URL"] = "postgres://nobody@127.0.0.1:1/none", ["SHOP_PROD_URL"] = "postgres://nobody@127.0.0.1:1/none", ["LK_SANDBOX_FOLDER"] = folder["clusters"],
                },
            });
            result.ExitCode.ShouldBe(expected, result.ToString());
            return result;
        }

        (await Lk(0, "migrate", "lint", "--fail-on", "warning")).Output.ShouldContain("because: ran before the shop had products");
        await Lk(0, "migrate", "apply", "--env", "dev");
        Release(folder, "dangerous");
        var found = (await Lk(1, "migrate", "lint")).Output;
        found.ShouldContain("[require-concurrent-index-creation]");
        found.ShouldContain("[constraint-missing-not-valid]");
        var tried = (await Lk(0, "migrate", "prove", "--env", "dev")).Output;
        tried.ShouldContain("blocks reads and writes while it works");
        tried.ShouldContain("way back: proven");
        tried.ShouldNotContain("lacks a part", customMessage: "the shop's schema can be dumped and restored");

        (await Lk(0, "migrate", "fix", "--env", "dev", "--write")).Output.ShouldContain("both ways make the same schema");
        await Lk(0, "migrate", "lint", "--fail-on", "warning");
        var safe = (await Lk(0, "migrate", "prove", "--env", "dev")).Output;
        safe.ShouldNotContain("while it works");
        safe.ShouldContain("way back: proven");
        await Lk(0, "migrate", "apply", "--env", "dev");
        (await Lk(0, "migrate", "forecast-error")).Output.ShouldContain("0039");
    }

    /// <summary>The history and every release after it; a mended file stands for the broken one of its name.</summary>
    private static IEnumerable<string> Ups() =>
        Directory.EnumerateFiles(shop, "*.up.sql", SearchOption.AllDirectories).OrderBy(path => path, StringComparer.Ordinal)
            .GroupBy(Path.GetFileName, StringComparer.Ordinal).OrderBy(files => files.Key, StringComparer.Ordinal).Select(files => files.Last());

    private static async Task RunAsync(TestDatabase database, string file)
    {
        var inTransaction = !(await File.ReadAllTextAsync(file)).Contains("lk: no-transaction", StringComparison.Ordinal);
        ProcessResult result = await Psql.RunFileAsync(database.Url, file, new PsqlOptions { SingleTransaction = inTransaction });
        result.ExitCode.ShouldBe(0, $"{file}\n{result.AllOutput}");
    }

    private static async Task<SchemaSnapshot> SnapshotAsync(TestDatabase database)
    {
        await using var connection = await database.OpenAsync();
        return await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None);
    }

    private static void Release(TestFolder folder, string name)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shop, "releases", name), "*.sql"))
            File.Copy(file, folder[Path.Combine("migrations/shop", Path.GetFileName(file))], overwrite: true);
        var tests = Path.Combine(shop, "releases", name, "tests");
        if (Directory.Exists(tests))
            Copy(tests, folder["tests"]);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
