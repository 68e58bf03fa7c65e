using System.Text.Json;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Config;

public sealed class InitTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task a_project_starts_with_a_configuration_that_is_read()
    {
        var result = await LkProcess.RunAsync(folder.Path, "init", "shop");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("The project 'shop' is ready.");
        result.Output.ShouldContain("lk migrate new");
        var located = ConfigReader.LoadNearest(folder.Path);
        located.Config.Project.ShouldBe("shop");
        located.Config.Databases.ShouldHaveSingleItem().Migrations.ShouldBe("migrations/shop");
        located.Warnings.ShouldBeEmpty();
        Directory.Exists(folder["migrations/shop"]).ShouldBeTrue();
        File.Exists(folder[".gitignore"]).ShouldBeFalse("the folder is no Git checkout");
    }

    [Fact]
    public async Task the_folder_gives_the_name()
    {
        var project = Directory.CreateDirectory(folder["Web Shop (new)"]).FullName;
        (await LkProcess.RunAsync(project, "init")).ExitCode.ShouldBe(0);
        ConfigReader.LoadNearest(project).Config.Project.ShouldBe("web-shop--new");
    }

    [Theory]
    [InlineData("lockkeeper.yaml")]
    [InlineData("lockkeeper.yml")]
    public async Task a_configuration_that_exists_is_never_changed(string file)
    {
        folder.Write(file, "mine\n");
        var result = await LkProcess.RunAsync(folder.Path, "init", "shop");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain($"LK1107: {file} exists already");
        (await File.ReadAllTextAsync(folder[file])).ShouldBe("mine\n");
        Directory.GetFileSystemEntries(folder.Path).Length.ShouldBe(1);
    }

    [Fact]
    public async Task migrations_that_exist_stay_as_they_are()
    {
        folder.Write("db/migration/V1__orders.sql", "select 1;\n");
        var result = await LkProcess.RunAsync(folder.Path, "init", "shop", "--migrations", "db/migration");
        result.ExitCode.ShouldBe(0, result.ToString());
        var database = ConfigReader.LoadNearest(folder.Path).Config.Databases.ShouldHaveSingleItem();
        (database.Migrations, database.Format).ShouldBe(("db/migration", "auto"));
        Directory.GetFiles(folder["db/migration"]).ShouldHaveSingleItem().ShouldEndWith("V1__orders.sql");
    }

    [Theory]
    [InlineData("", ".lockkeeper/\n")]
    [InlineData("bin/\n", "bin/\n.lockkeeper/\n")]
    [InlineData("bin/", "bin/\n.lockkeeper/\n")]
    [InlineData(".lockkeeper\n", ".lockkeeper\n")]
    public async Task local_state_stays_out_of_git(string before, string after)
    {
        Directory.CreateDirectory(folder[".git"]);
        if (before.Length > 0)
            folder.Write(".gitignore", before);
        (await LkProcess.RunAsync(folder.Path, "init", "shop")).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(folder[".gitignore"])).ShouldBe(after);
    }

    [Fact]
    public async Task what_the_checkout_ignores_already_is_not_added_below()
    {
        Directory.CreateDirectory(folder[".git"]);
        folder.Write(".gitignore", ".lockkeeper/\n");
        var below = Directory.CreateDirectory(folder["services/shop"]).FullName;
        (await LkProcess.RunAsync(below, "init")).ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(below, ".gitignore")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("init", "the shop")]
    [InlineData("init", "../shop")]
    [InlineData("init", "shop", "--format", "liquibase")]
    [InlineData("init", "shop", "--migrations", " ")]
    public async Task a_wrong_call_writes_nothing(params string[] arguments)
    {
        var result = await LkProcess.RunAsync(folder.Path, arguments);
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain("HINT:");
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_folder_that_cannot_be_made_is_an_error_with_a_hint()
    {
        folder.Write("migrations", "a file where the folder should be");
        var result = await LkProcess.RunAsync(folder.Path, "init", "shop");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK1108:");
        File.Exists(folder["lockkeeper.yaml"]).ShouldBeFalse();
    }

    [Fact]
    public async Task the_schema_is_printed_and_written()
    {
        var printed = await LkProcess.RunAsync(folder.Path, "schema");
        var committed = await File.ReadAllTextAsync(RepositoryRoot.Path("docs/reference/lockkeeper.schema.json"));
        printed.Output.ShouldBe(committed);
        (await LkProcess.RunAsync(folder.Path, "schema", "--output", "editor/lockkeeper.schema.json")).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(folder["editor/lockkeeper.schema.json"])).ShouldBe(committed);
        Directory.GetFiles(folder["editor"]).Length.ShouldBe(1);
        using var json = JsonDocument.Parse((await LkProcess.RunAsync(folder.Path, "schema", "--json")).Output);
        json.RootElement.GetProperty("data").GetProperty("title").GetString().ShouldBe("lockkeeper.yaml");
    }
}
