using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Baselines made of the first migrations of real series, and what targets make of them.</summary>
public sealed class SquashTests
{
    [Fact]
    public async Task the_shop_is_squashed_and_old_and_new_databases_come_to_the_same_schema()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        foreach (var file in Directory.EnumerateFiles(RepositoryRoot.Path("examples/shop/migrations"), "*.sql", SearchOption.AllDirectories))
            project.File($"migrations/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        var all = Files(project).Length;

        var tried = await ShouldRunAsync(project, "migrate", "squash", "--to", "20", "--remove", "--dry-run");
        tried.ShouldContain("would write migrations/0020_squashed.baseline.sql: it stands for 20 migrations");
        tried.ShouldContain("would remove migrations/0001_");
        Files(project).Length.ShouldBe(all);
        (await ShouldRunAsync(project, "migrate", "squash", "--to", "20", "--remove")).ShouldContain("wrote migrations/0020_squashed.baseline.sql");
        Files(project).Where(file => string.CompareOrdinal(file, "0021") < 0).ShouldBe(["0020_squashed.baseline.sql"]);

        (await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes")).ShouldContain("0 applied");
        await ShouldRunAsync(project, "migrate", "verify", "--env", "dev");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "staging", "--yes");
        (await project["staging"].ScalarAsync("SELECT id FROM lockkeeper.migrations ORDER BY applied_order LIMIT 1")).ShouldBe("B:0020");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["dev"]), await Schemas.ReadAsync(project["staging"]));
        (await ShouldRunAsync(project, "migrate", "apply", "--env", "staging", "--yes")).ShouldContain("nothing to do");
        await ShouldRunAsync(project, "migrate", "verify", "--env", "staging");
    }

    [Theory]
    [InlineData("graphile-worker", "11", "CREATE SCHEMA graphile_worker;")]
    [InlineData("stripe-sync-engine", "30", "CREATE SCHEMA stripe;")]
    [InlineData("world-postgres", "8", "", Traits = ["Category", "Long"])]
    public async Task a_real_series_in_flyways_names_is_squashed_to_the_same_schema_and_twice_to_the_same_file(string name, string to, string before)
    {
        var series = RealSeries.Of(name);
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        // The same files in a format that has baselines; their placeholder is not written as Flyway's.
        project.DatabaseSettings = series.Settings + "\nformat: flyway";
        foreach (var (file, text) in series.Files)
        {
            var version = new string([.. file.TakeWhile(char.IsAsciiDigit)]).TrimStart('0') is { Length: > 0 } digits ? digits : "0";
            var replaced = series.Placeholder.Name is null ? text : text.Replace(series.Placeholder.Name, series.Placeholder.Value, StringComparison.Ordinal);
            project.File($"migrations/V{version}__{Path.GetFileNameWithoutExtension(file)}.sql", replaced);
            project.File($"migrations/V{version}__{Path.GetFileNameWithoutExtension(file)}.sql.conf", "placeholderReplacement=false");
        }

        project.File("before.sql", before);
        foreach (var environment in new[] { "dev", "staging" })
            await Psql.OutputAsync(project[environment].Url, before);
        string[] squash = ["migrate", "squash", "--to", to, "--with-data", .. before.Length > 0 ? new[] { "--before", "before.sql" } : []];
        await ShouldRunAsync(project, squash);
        var baseline = Path.Combine(project.Folder, $"migrations/B{to}__squashed.sql");
        var first = await File.ReadAllTextAsync(baseline, TestContext.Current.CancellationToken);
        first.ShouldNotContain("restrict");
        first.ShouldNotContain("CREATE SCHEMA stripe");
        File.Delete(baseline);
        await ShouldRunAsync(project, squash);
        (await File.ReadAllTextAsync(baseline, TestContext.Current.CancellationToken)).ShouldBe(first);

        await ShouldRunAsync(project, "migrate", "apply", "--env", "staging", "--yes");
        (await project["staging"].ScalarAsync("SELECT id FROM lockkeeper.migrations ORDER BY applied_order LIMIT 1")).ShouldBe($"B:{to}");
        File.Delete(baseline);
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["dev"]), await Schemas.ReadAsync(project["staging"]));
    }

    [Fact]
    public async Task rows_that_migrations_wrote_are_named_and_come_along_when_asked_for()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_kinds", "CREATE TABLE kinds (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text); INSERT INTO kinds (name) VALUES ('it''s'), (E'two\\nlines; $$');");
        project.Migration("0002_none", "CREATE TABLE none (n int REFERENCES kinds); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT count(*)::int FROM public.kinds';");
        var named = await ShouldRunAsync(project, "migrate", "squash", "--to", "2", "--dry-run");
        named.ShouldContain("public.kinds: the migrations write 2 rows, which a new database will not have; --with-data puts them in");
        await ShouldRunAsync(project, "migrate", "squash", "--to", "2", "--with-data", "--remove");
        project.Migration("0003_more", "INSERT INTO kinds (name) VALUES ('third');");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev");
        (await project["dev"].ScalarAsync("SELECT string_agg(id || name, ',' ORDER BY id) FROM kinds")).ShouldBe("1it's,2two\nlines; $$,3third");
    }

    [Fact]
    public async Task a_database_below_the_baseline_whose_files_are_gone_is_refused()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_a", "CREATE TABLE a (n int);");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev");
        project.Migration("0002_b", "CREATE TABLE b (n int);");
        project.Migration("0003_c", "CREATE TABLE c (n int);");
        await ShouldRunAsync(project, "migrate", "squash", "--to", "2", "--remove");
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3041");
        (await project["dev"].ScalarAsync("SELECT to_regclass('c')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task what_cannot_be_squashed_is_refused_and_nothing_is_written()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_a", "CREATE TABLE a (n int);");
        project.Migration("0002_role", "GRANT SELECT ON a TO nobody_here;");
        var unknown = await project.RunAsync("migrate", "squash", "--to", "7");
        unknown.ExitCode.ShouldBe(2, unknown.ToString());
        var failed = await project.RunAsync("migrate", "squash", "--to", "2");
        failed.ExitCode.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldContain("role \"nobody_here\" does not exist");
        failed.Errors.ShouldContain("--before FILE");
        project.File("before.sql", "CREATE ROLE nobody_here;");
        await ShouldRunAsync(project, "migrate", "squash", "--to", "2", "--before", "before.sql");
        var again = await project.RunAsync("migrate", "squash", "--to", "2", "--before", "before.sql");
        again.Errors.ShouldContain("migrations/0002_squashed.baseline.sql exists already");

        project.Remove("migrations/0002_squashed.baseline.sql");
        project.Remove("migrations/0001_a.up.sql");
        project.Remove("migrations/0002_role.up.sql");
        project.File("migrations/1.sql", "SELECT 1;");
        var format = await project.RunAsync("migrate", "squash", "--to", "1");
        format.Errors.ShouldContain("the format plain has no baseline files");
    }

    private static string[] Files(LkProject project) => [.. Directory.GetFiles(Path.Combine(project.Folder, "migrations")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    private static async Task<string> ShouldRunAsync(LkProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Output;
    }
}
