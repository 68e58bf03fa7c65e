using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class DrizzleFormatTests
{
    [Fact]
    public void files_come_in_the_order_of_the_journal()
    {
        using var folder = new FormatFolder("0000_tricky_sersi.sql", "0015_last.sql", "0002_b.sql");
        folder.Write("meta/_journal.json", Journal("postgresql", "0000_tricky_sersi", "0015_last", "0002_b"));
        var series = folder.Read();
        (series.Format, series.FormatReason).ShouldBe(("drizzle", "because of meta/_journal.json"));
        folder.Ids().ShouldBe("0000_tricky_sersi, 0015_last, 0002_b");
        series.Migrations.ShouldAllBe(migration => migration.Kind == MigrationKind.Planned);
    }

    [Fact]
    public void breakpoints_are_comments()
    {
        using var folder = new FormatFolder();
        folder.Write("0000_a.sql", "SELECT 1;--> statement-breakpoint\nSELECT 2;").Write("meta/_journal.json", Journal("pg", "0000_a"));
        folder.Read().Migrations.Single().Up.Text.ShouldBe("SELECT 1;--> statement-breakpoint\nSELECT 2;");
    }

    [Fact]
    public void a_folder_a_migration_with_a_snapshot_is_drizzle_too()
    {
        using var folder = new FormatFolder("20240102_b/migration.sql", "20240101_a/migration.sql");
        folder.Write("20240101_a/snapshot.json", "{}").Write("20240102_b/snapshot.json", "{}");
        folder.Read().Format.ShouldBe("drizzle");
        folder.Ids().ShouldBe("20240101_a, 20240102_b");
    }

    [Fact]
    public void a_file_that_is_not_in_the_journal_is_named_because_drizzle_would_pass_over_it()
    {
        using var folder = new FormatFolder("0000_a.sql", "0001_by_hand.sql");
        folder.Write("meta/_journal.json", Journal("postgresql", "0000_a"));
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.Message.ShouldStartWith("migrations/0001_by_hand.sql is not in the journal");
    }

    [Fact]
    public void an_entry_without_its_file_is_named()
    {
        using var folder = new FormatFolder("0000_a.sql");
        folder.Write("meta/_journal.json", Journal("postgresql", "0000_a", "0001_b"));
        folder.Refused().Message.ShouldBe("migrations/0001_b.sql is in the journal and not in the folder");
    }

    [Fact]
    public void migrations_for_another_server_are_refused()
    {
        using var folder = new FormatFolder("0000_a.sql");
        folder.Write("meta/_journal.json", Journal("mysql", "0000_a"));
        folder.Refused().Message.ShouldBe("the migrations are for mysql, and the database is PostgreSQL");
    }

    [Theory]
    [InlineData("{\n  \"entries\": [\n<<<<<<<", 3)]
    [InlineData("{}", 1)]
    [InlineData("[]", 1)]
    [InlineData("{\"entries\": [{}]}", 1)]
    [InlineData("{\"entries\": 1}", 1)]
    public void a_journal_that_is_none_is_refused_with_its_line(string json, int line)
    {
        using var folder = new FormatFolder("0000_a.sql");
        folder.Write("meta/_journal.json", json);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadScriptSettings);
        refused.At!.File.ShouldBe("migrations/meta/_journal.json");
        refused.At.Line.ShouldBe(line);
    }

    private static string Journal(string dialect, params string[] tags) =>
        $$"""{"version": "7", "dialect": "{{dialect}}", "entries": [{{string.Join(", ", tags.Select((tag, index) => $$"""{"idx": {{index}}, "tag": "{{tag}}", "breakpoints": true}"""))}}]}""";
}
