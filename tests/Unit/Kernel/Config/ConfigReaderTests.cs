using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class ConfigReaderTests
{
    private const string Least =
        """
        project: shop
        databases: { shop: { engine: postgresql, migrations: migrations } }
        environments: [ { name: dev, targets: { shop: "${env:DEV_URL}" } } ]
        """;

    [Fact]
    public void every_key_is_read()
    {
        var config = Sample.Parse(Sample.Full);
        config.Project.ShouldBe("shop");
        config.State.ShouldBe("sqlite:.lockkeeper/state.db");

        var database = config.Databases.ShouldHaveSingleItem();
        database.Name.ShouldBe("shop");
        database.Engine.ShouldBe("postgres");
        database.Migrations.ShouldBe("migrations/shop");
        database.Format.ShouldBe("flyway");
        database.Placeholders.ShouldBe(new Dictionary<string, string> { ["schema"] = "app", ["port"] = "5432", ["empty"] = "" }, ignoreOrder: true);
        database.SearchPath.ShouldBe(["app", "public"]);
        database.LockTimeout.ShouldBe(TimeSpan.FromSeconds(1.5));
        database.LockRetries.ShouldBe(3);
        database.OutOfOrder.ShouldBe(OutOfOrderPolicy.Allow);

        config.Environments.Select(environment => environment.Name).ShouldBe(["dev", "staging", "prod"]);
        config.Environments.Select(environment => environment.RequirePromotion).ShouldBe([false, true, true]);
        var prod = config.Environments[2];
        prod.Targets["shop"].Url!.Text.ShouldBe("${file:/run/secrets/prod_url}");
        prod.Gates.ShouldHaveSingleItem().ShouldBe(new GateConfig { Name = "integration tests", Run = "dotnet test app/Tests", Timeout = TimeSpan.FromMinutes(15) });
        prod.Approvals!.Required.ShouldBe(2);
        prod.Approvals.Groups.ShouldBe(["dba"]);
        prod.Window!.Days.ShouldBe([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday]);
        prod.Window.From.ShouldBe(new TimeOnly(9, 0));
        prod.Window.To.ShouldBe(new TimeOnly(16, 0));
        prod.Window.Zone.ShouldBe("Europe/Berlin");
        prod.OnFailure.ShouldBe(OnFailure.Rollback);
        prod.Health.ShouldBe(new HealthConfig { For = TimeSpan.FromMinutes(2), MaxP95Ratio = 1.5, MaxWaiting = 20 });
        config.Groups["dba"].ShouldBe(["ada", "grace", "edsger"]);
    }

    [Fact]
    public void what_is_not_written_has_its_default()
    {
        var config = Sample.Parse(Least);
        config.State.ShouldBe("sqlite:.lockkeeper/state.db");
        config.Groups.ShouldBeEmpty();
        // The records have the same defaults for callers that make them without a file.
        var database = config.Databases[0];
        database.ShouldBe(new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "migrations", Placeholders = database.Placeholders, SearchPath = database.SearchPath });
        var dev = config.Environments[0];
        dev.ShouldBe(new EnvironmentConfig { Name = "dev", Targets = dev.Targets, Gates = dev.Gates });
        dev.Gates.ShouldBeEmpty();
        database.SearchPath.ShouldBeEmpty();
        database.Placeholders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("window: {}", "")]
    [InlineData("window: { days: \"mon,wed,fri\" }", "Monday Wednesday Friday")]
    [InlineData("window: { days: fri-mon }", "Sunday Monday Friday Saturday")]
    [InlineData("window: { days: [tue, thu-fri] }", "Tuesday Thursday Friday")]
    [InlineData("window: { days: sun }", "Sunday")]
    public void days_are_ranges_names_and_lists(string window, string days) =>
        string.Join(' ', Sample.Parse(With(window)).Environments[0].Window!.Days).ShouldBe(days);

    [Fact]
    public void a_window_without_end_lasts_until_midnight()
    {
        Sample.Parse(With("window: { from: \"22:00\" }")).Environments[0].Window!.To.ShouldBeNull();
        Sample.Parse(With("window: { to: \"24:00\" }")).Environments[0].Window.ShouldBe(new WindowConfig { Days = [] });
        Sample.Parse(With("window: { from: 9:30 }")).Environments[0].Window!.From.ShouldBe(new TimeOnly(9, 30));
    }

    [Fact]
    public void all_errors_come_at_once_in_the_order_of_the_file()
    {
        var error = Sample.Fails("""
            projekt: shop
            databases: { shop: { engine: oracle, migrations: m } }
            environments: [ { name: dev, targets: { shopp: "${env:X}" }, on_failure: rolback } ]
            """).ShouldNotBeNull();
        IEnumerable<LockkeeperException> all = [error, .. error.Others];
        all.Select(e => e.Code).ShouldBe(
            [KernelErrors.ConfigUnknownKey, KernelErrors.ConfigBadValue, KernelErrors.ConfigBadValue, KernelErrors.ConfigBadValue]);
        all.Select(e => e.At!.Line).ShouldBe([1, 2, 3, 3]);
        error.At!.ToString().ShouldBe("lockkeeper.yaml:1:1");
        error.Exit.ShouldBe(ExitCode.WrongUse);
    }

    [Fact]
    public void very_many_errors_are_cut_and_counted()
    {
        var error = Sample.Fails(string.Concat(Enumerable.Range(0, 200).Select(i => $"key{i}: 1\n"))).ShouldNotBeNull();
        error.Others.Count.ShouldBe(49);
        error.Facts.ShouldHaveSingleItem().Text.ShouldStartWith("153 further errors");
    }

    [Theory]
    [InlineData("postgres://app:hunter2@db/shop", true)]
    [InlineData("postgres://app:hun@ter2@db/shop", true)]
    [InlineData("postgres://app:hunter${env:X}@db/shop", true)]
    [InlineData("postgres://app@db/shop?password=hunter2", true)]
    [InlineData("postgres://app:${env:PASSWORD}@db/shop", false)]
    [InlineData("postgres://app@db:5432/shop?sslmode=require", false)]
    [InlineData("postgres://db:5432/shop", false)]
    [InlineData("${env:URL}", false)]
    public void a_password_in_the_file_is_a_warning_that_does_not_repeat_it(string target, bool warns)
    {
        var problems = new Problems("lockkeeper.yaml");
        ConfigReader.Parse(Least.Replace("${env:DEV_URL}", target, StringComparison.Ordinal), problems);
        problems.Warnings.Count.ShouldBe(warns ? 1 : 0);
        foreach (var warning in problems.Warnings)
        {
            warning.Rule.ShouldBe("literal-password");
            warning.At!.ToString().ShouldBe("lockkeeper.yaml:3:47");
            warning.ToString().ShouldNotContain("hunter");
        }
    }

    [Fact]
    public void a_database_that_no_environment_targets_is_a_warning()
    {
        var problems = new Problems("lockkeeper.yaml");
        ConfigReader.Parse(Least.Replace("databases: {", "databases: { spare: { engine: postgres, migrations: spare },", StringComparison.Ordinal), problems);
        problems.Warnings.ShouldHaveSingleItem().Rule.ShouldBe("database-without-target");
    }

    private static string With(string key) => Least.Replace("} } ]", $"}}, {key} }} ]", StringComparison.Ordinal);
}
