using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class DieselFormatTests
{
    [Fact]
    public void folders_are_migrations_and_their_versions_lose_the_dashes()
    {
        using var folder = new FormatFolder("2024-03-01-120000_add orders/up.sql", "2024-03-01-120000_add orders/down.sql", "00000000000000_diesel_initial_setup/up.sql");
        var series = folder.Read();
        series.Format.ShouldBe("diesel");
        folder.Ids().ShouldBe("00000000000000, 20240301120000+");
        series.Migrations[1].Name.ShouldBe("add orders");
        series.Migrations[1].Down!.File.ShouldBe("migrations/2024-03-01-120000_add orders/down.sql");
    }

    [Theory]
    [InlineData("# x\nrun_in_transaction = false\n", true)]
    [InlineData("run_in_transaction=true # really", false)]
    [InlineData("", false)]
    public void metadata_says_whether_it_runs_in_a_transaction(string text, bool noTransaction)
    {
        using var folder = new FormatFolder("1_a/up.sql", "1_a/down.sql");
        folder.Write("1_a/metadata.toml", text);
        var migration = folder.Read().Migrations.Single();
        migration.Up.NoTransaction.ShouldBe(noTransaction);
        migration.Down!.NoTransaction.ShouldBe(noTransaction);
    }

    [Fact]
    public void other_metadata_is_named()
    {
        using var folder = new FormatFolder("1_a/up.sql");
        folder.Write("1_a/metadata.toml", "\nrun_in_transaktion = false");
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadScriptSettings);
        refused.At.ShouldBe(new SourcePosition("migrations/1_a/metadata.toml", 2, 1));
    }

    [Theory]
    [InlineData("2_b/down.sql", "the migration folder migrations/2_b has no up.sql")]
    [InlineData("b/up.sql", "migrations/b is not named as a migration of Diesel")]
    [InlineData("3_b.sql", "migrations/3_b.sql is not named as a migration of Diesel")]
    [InlineData("2_b/other.sql", "migrations/2_b/other.sql is not named as a migration of Diesel")]
    public void what_does_not_fit_is_named(string file, string message)
    {
        using var folder = new FormatFolder("1_a/up.sql", file);
        var refused = folder.Refused("diesel");
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.Message.ShouldBe(message);
    }
}
