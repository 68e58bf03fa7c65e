using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class PlaceholdersTests
{
    private static readonly Dictionary<string, string> Values = new() { ["app"] = "shop", ["APP_ROLE"] = "writer", ["loop"] = "${app}:app" };

    [Theory]
    [InlineData("${app}.t", "shop.t")]
    [InlineData("'${APP}' -- ${app_role}", "'shop' -- writer")]
    [InlineData("${loop}${app}", "${app}:appshop")]
    [InlineData("${flyway:filename}", "a.sql")]
    [InlineData(":app $$ $1 ${unclosed", ":app $$ $1 ${unclosed")]
    public void flyways_are_in_braces(string text, string expected) => Replace("flyway", text).ShouldBe(expected);

    [Fact]
    public void one_of_flyway_without_a_value_is_refused_with_its_place()
    {
        var refused = Should.Throw<LockkeeperException>(() => Replace("flyway", "SELECT 1;\nSELECT '${nobody}';"));
        refused.Code.ShouldBe(MigrateErrors.UnknownPlaceholder);
        refused.At.ShouldBe(new SourcePosition("migrations/a.sql", 2, 9));
        refused.Hint.ShouldBe("Known placeholders: APP_ROLE, app, loop.");
    }

    [Theory]
    [InlineData(":app.t", "shop.t")]
    [InlineData("GRANT ALL ON :app.t TO :APP_ROLE;", "GRANT ALL ON shop.t TO writer;")]
    [InlineData("':app' $$ :app $$", "'shop' $$ shop $$")]
    [InlineData("x::app, :apple, :app_, :APP", "x::app, :apple, :app_, :APP")]
    [InlineData("null:::app.t, :app::app", "null::shop.t, shop::app")]
    [InlineData(":app:app", "shopshop")]
    [InlineData("a[1:app], ${app}, ${nobody}, ${app", "a[1shop], shop, ${nobody}, ${app")]
    [InlineData(":loop", "${app}:app")]
    [InlineData(":", ":")]
    [InlineData("x := 1; $", "x := 1; $")]
    [InlineData("", "")]
    public void others_are_in_braces_or_after_a_colon_and_only_what_is_declared(string text, string expected)
    {
        Replace("plain", text).ShouldBe(expected);
        Replace("lockkeeper", text).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{{app}}.{{APP}}", "shop.shop")]
    [InlineData("'{{nobody}}' ${app} :app {app} {{app", "'{{nobody}}' ${app} :app {app} {{app")]
    public void those_of_grate_are_in_double_braces(string text, string expected) => Replace("grate", text).ShouldBe(expected);

    [Fact]
    public void one_that_grate_gives_a_value_by_itself_must_have_one_here()
    {
        var refused = Should.Throw<LockkeeperException>(() => new Placeholders("grate", new Dictionary<string, string>()).Replace(Script("x\n ALTER DATABASE {{databasename}}")));
        refused.Code.ShouldBe(MigrateErrors.UnknownPlaceholder);
        refused.Message.ShouldBe("the placeholder {{databasename}} has no value");
        refused.At.ShouldBe(new SourcePosition("migrations/a.sql", 2, 17));
    }

    [Fact]
    public void without_values_other_files_stay_as_they_are() => new Placeholders("plain", new Dictionary<string, string>()).Replace(Script("${a} :b")).ShouldBe("${a} :b");

    [Fact]
    public void a_script_may_forbid_it() => new Placeholders("flyway", Values).Replace(Script("${app}") with { ReplacePlaceholders = false }).ShouldBe("${app}");

    private static string Replace(string format, string text) => new Placeholders(format, Values).Replace(Script(text));

    private static MigrationScript Script(string text) => new() { File = "migrations/a.sql", Text = text, Sha256 = "" };
}
