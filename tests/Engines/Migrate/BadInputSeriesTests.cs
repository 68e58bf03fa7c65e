using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Folders that are not a series, and series that do not fit what is applied.</summary>
public sealed class BadInputSeriesTests
{
    private const string Good = "CREATE TABLE orders (id bigint PRIMARY KEY);";

    [Theory]
    [InlineData("orders.up.sql")]
    [InlineData("_orders.up.sql")]
    [InlineData("v2_orders.up.sql")]
    [InlineData("0002_.up.sql")]
    [InlineData("0002.up.sql")]
    [InlineData("0002_orders.UP.sql")]
    [InlineData("0002_orders.up.SQL")]
    [InlineData("0002-orders.up.sql")]
    [InlineData("scratch.sql")]
    public async Task a_file_without_a_version_or_a_direction_is_refused(string name)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).File($"migrations/{name}", "CREATE TABLE a (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3003", $"migrations/{name}:1:1");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task a_way_back_without_its_migration_is_refused()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).File("migrations/0002_items.down.sql", "DROP TABLE items;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3003", "migrations/0002_items.down.sql:1:1");
    }

    [Theory]
    [InlineData("0001_first", "0001_second")]
    [InlineData("0001_first", "1_second")]
    [InlineData("20260101120000_first", "20260101120000_second")]
    public async Task two_migrations_of_one_version_are_both_named(string first, string second)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration(first, Good).Migration(second, "CREATE TABLE a (id int);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK3004", $"migrations/{second}.up.sql:1:1");
        result.Errors.ShouldContain($"migrations/{first}.up.sql");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task an_edited_a_missing_and_a_late_file_are_each_named_and_nothing_runs()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).Migration("0002_items", "CREATE TABLE items (id int);").Migration("0004_notes", "CREATE TABLE notes (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var before = await project["dev"].StateAsync();

        project.Migration("0001_orders", Good + " -- edited");
        project.Remove("migrations/0002_items.up.sql");
        project.Migration("0003_late", "CREATE TABLE late (id int);").Migration("0005_next", "CREATE TABLE next (id int);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(5, result.ToString());
        result.ShouldShowNoInsides();
        result.Errors.ShouldContain("LK3040: migrations/0001_orders.up.sql was changed after it was applied");
        result.Errors.ShouldContain("at migrations/0001_orders.up.sql:1:1");
        result.Errors.ShouldContain("LK3041: migrations/0002_items.up.sql was applied");
        result.Errors.ShouldContain("LK3042: migrations/0003_late.up.sql is older than version 0004");
        result.Errors.Split("HINT: ").Length.ShouldBe(4);
        (await project["dev"].StateAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task two_formats_in_one_folder_are_both_named()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).File("migrations/V2__items.sql", "CREATE TABLE items (id int);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(2, "LK3006");
        result.Errors.ShouldContain("lockkeeper (0001_orders.up.sql)");
        result.Errors.ShouldContain("flyway (V2__items.sql)");
        result.Errors.ShouldContain("databases.shop.format");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task files_of_no_format_are_refused_with_what_each_format_looks_like()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/notes.sql", Good);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(2, "LK3006");
        result.Errors.ShouldContain("V1__name.sql");
    }

    [Fact]
    public async Task a_flyway_placeholder_without_a_value_is_refused_at_its_place()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "placeholders: { owner: app }";
        project.File("migrations/V1__orders.sql", Good);
        project.File("migrations/V2__grant.sql", "CREATE TABLE a (id int);\nALTER TABLE a OWNER TO ${onwer};\n");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK3008", "migrations/V2__grant.sql:2:24");
        result.Errors.ShouldContain("owner");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData("# comment\nexecuteInTransactoin=false\n", "2:1")]
    [InlineData("shouldExecute=maybe\n", "1:1")]
    [InlineData("\nencoding=ISO-8859-1\n", "2:1")]
    public async Task flyway_script_settings_that_are_not_known_are_refused_at_their_line(string settings, string at)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/V1__orders.sql", Good);
        project.File("migrations/V1__orders.sql.conf", settings);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3007", $"migrations/V1__orders.sql.conf:{at}");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData("V2_orders.sql")]
    [InlineData("Vx__orders.sql")]
    [InlineData("R2__orders.sql")]
    [InlineData("v2__orders.sql")]
    [InlineData("V2__orders.SQL")]
    public async Task a_file_that_flyway_would_not_find_is_refused(string name)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/V1__orders.sql", Good);
        project.File($"migrations/{name}", "CREATE TABLE a (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3003", $"migrations/{name}:1:1");
    }

    [Fact]
    public async Task a_history_of_a_newer_program_is_left_alone_by_every_verb()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good, "DROP TABLE orders;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("UPDATE lockkeeper.meta SET version = 99");
        var before = await project["dev"].StateAsync();
        project.Migration("0002_items", "CREATE TABLE items (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3043");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ShouldRefuse(3, "LK3043");
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes")).ShouldRefuse(3, "LK3043");
        (await project.RunAsync("migrate", "status")).Output.ShouldContain("version 99");
        (await project["dev"].StateAsync()).ShouldBe(before);
    }
}
