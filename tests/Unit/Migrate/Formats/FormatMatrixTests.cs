using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Formats;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

/// <summary>A small project of every format: auto chooses its own and no other, and two in one folder are refused.</summary>
public sealed class FormatMatrixTests
{
    private static readonly Dictionary<string, (string File, string Text)[]> Projects = new()
    {
        ["lockkeeper"] = [("0001_a.up.sql", "SELECT 1;"), ("0001_a.down.sql", "SELECT 2;")],
        ["flyway"] = [("V1__a.sql", "SELECT 1;"), ("R__b.sql", "SELECT 2;")],
        ["plain"] = [("0001_a.sql", "SELECT 1;"), ("0002.sql", "SELECT 2;")],
        ["goose"] = [("00001_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;")],
        ["dbmate"] = [("20240101120000_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;")],
        ["prisma"] = [("20240101120000_a/migration.sql", "SELECT 1;"), ("migration_lock.toml", "provider = \"postgresql\"")],
        ["diesel"] = [("2024-01-01-120000_a/up.sql", "SELECT 1;"), ("2024-01-01-120000_a/down.sql", "SELECT 2;")],
        ["sqlx"] = [("20240102120000_b.sql", "-- no-transaction\nVACUUM;")],
        ["supabase"] = [("20240101120000_a.sql", "SELECT 1;"), ("../config.toml", "project_id = \"shop\"")],
        ["drizzle"] = [("0000_a.sql", "SELECT 1;--> statement-breakpoint\nSELECT 2;"), ("meta/_journal.json", """{"dialect": "postgresql", "entries": [{"idx": 0, "tag": "0000_a"}]}""")],
        ["evolve"] = [("V1_0__a.sql", "-- evolve-tx-off\nVACUUM;")],
        ["atlas"] = [("1.sql", "CREATE TABLE t1 (c int);"), ("atlas.sum", "h1:97hSU6ntTdMEibUoG9PtJY+/GXgol69cUcuyK8Umygg=\n1.sql h1:uhAAWrYuRjfS8lmrxTGg0/BGZUZpDb/jCC6ipJhYx1E=\n")],
        ["ef-core"] = [("script.sql", "START TRANSACTION;\nSELECT 1;\nINSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\")\nVALUES ('20240101120000_A', '8.0.0');\nCOMMIT;")],
        ["rails"] = [("structure.sql", "SET statement_timeout = 0;\nCREATE TABLE public.a (x integer);\nINSERT INTO \"schema_migrations\" (version) VALUES\n('20240101120000');\n")],
        ["grate"] = [("up/0001_a.sql", "SELECT 1;"), ("views/v.sql", "SELECT 2;")],
        ["sqitch"] = [("sqitch.plan", "%syntax-version=1.0.0\n%project=shop\n\na 2024-01-01T12:00:00Z Anna <anna@example.org> # a\n"), ("deploy/a.sql", "BEGIN;\nSELECT 1;\nCOMMIT;"), ("revert/a.sql", "BEGIN;\nSELECT 2;\nCOMMIT;")],
        ["liquibase"] = [("changelog.sql", "--liquibase formatted sql\n--changeset anna:1\nSELECT 1;\n--rollback SELECT 2;")],
    };

    public static TheoryData<string> Names => [.. Projects.Keys];

    [Fact]
    public void every_format_is_here() => Projects.Keys.Order().ShouldBe(FormatChoice.All.Select(format => format.Name).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void auto_chooses_the_format_of_a_project_and_says_why(string format)
    {
        using var folder = Folder(format);
        var series = folder.Read();
        series.Format.ShouldBe(format);
        series.FormatReason.ShouldStartWith("because of ");
        series.Migrations.Count.ShouldBe(format is "flyway" or "plain" or "grate" ? 2 : 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void the_configuration_may_name_it(string format)
    {
        using var folder = Folder(format);
        folder.Read(format).FormatReason.ShouldBe("set in lockkeeper.yaml");
    }

    [Theory]
    [InlineData("goose", "dbmate")]
    [InlineData("goose", "atlas")]
    [InlineData("dbmate", "sqlx")]
    [InlineData("prisma", "drizzle")]
    [InlineData("atlas", "drizzle")]
    [InlineData("ef-core", "rails")]
    [InlineData("evolve", "goose")]
    [InlineData("supabase", "sqlx")]
    [InlineData("sqitch", "prisma")]
    [InlineData("liquibase", "dbmate")]
    [InlineData("lockkeeper", "flyway")]
    [InlineData("plain", "flyway")]
    [InlineData("diesel", "plain")]
    [InlineData("grate", "diesel")]
    public void a_folder_that_two_formats_could_claim_is_refused_with_both_named(string one, string other)
    {
        using var folder = Folder(one, other);
        // grate claims a folder only when all of it is grate's; then the other one reads it and names what is not its own.
        var refused = folder.Refused();
        if (one == "grate")
        {
            refused.Code.ShouldBe(MigrateErrors.BadFileName);
            return;
        }

        refused.Code.ShouldBe(MigrateErrors.UnknownFormat);
        refused.Message.ShouldContain($"{one} (");
        refused.Message.ShouldContain($"{other} (");
        refused.Hint.ShouldBe("Set databases.shop.format in lockkeeper.yaml.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void a_new_migration_is_written_as_the_format_reads_it_or_left_to_the_tool(string name)
    {
        using var folder = Folder(name);
        var before = folder.Read();
        var files = FormatChoice.All.Single(format => format.Name == name).NewFiles("20250101120000", "two_words", before);
        if (name is "prisma" or "drizzle" or "atlas" or "ef-core" or "rails" or "grate" or "sqitch" or "liquibase")
        {
            files.ShouldBeEmpty();
            return;
        }

        foreach (var (file, text) in files)
            folder.Write(file, text);
        var after = folder.Read(name);
        after.Migrations.Count.ShouldBe(before.Migrations.Count + 1);
        after.Migrations.ShouldContain(migration => migration.Version != null && migration.Version.Text == "20250101120000" && migration.Name == "two words");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void a_project_of_a_tool_is_never_read_as_another_tools(string format)
    {
        using var folder = Folder(format);
        foreach (var other in FormatChoice.All.Where(other => other.Name != format))
        {
            // Names that several tools share: whoever names one in the configuration is taken at their word.
            string[] sharing = ["lockkeeper", "plain", "sqlx", "supabase", "flyway", "evolve", "atlas", "drizzle", "prisma", "goose", "dbmate"];
            if (sharing.Contains(format) && sharing.Contains(other.Name))
                continue;
            try
            {
                folder.Read(other.Name).Migrations.ShouldBeEmpty($"{other.Name} read a project of {format}");
            }
            catch (LockkeeperException)
            {
                // Refused with its place and reason, as it should be.
            }
        }
    }

    [Theory]
    [InlineData("goose")]
    [InlineData("plain")]
    [InlineData("prisma")]
    public void a_format_of_folders_does_not_take_one_file_for_all_of_its_folder(string format)
    {
        using var folder = Folder(format);
        var file = Projects[format][0].File;
        Should.Throw<LockkeeperException>(() => folder.ReadFile(file)).Code.ShouldBe(MigrateErrors.UnknownFormat);
        Should.Throw<LockkeeperException>(() => folder.ReadFile(file, format)).Message.ShouldEndWith($"is a file, and the format {format} reads folders");
    }

    private static FormatFolder Folder(params string[] formats)
    {
        // supabase/config.toml counts only beside a folder called supabase.
        var folder = formats.Contains("supabase") ? FormatFolder.At("supabase/migrations") : new FormatFolder();
        foreach (var (file, text) in formats.SelectMany(format => Projects[format]))
            folder.Write(file, text);
        return folder;
    }
}
