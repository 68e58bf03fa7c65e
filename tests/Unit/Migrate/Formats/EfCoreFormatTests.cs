using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class EfCoreFormatTests
{
    private const string Table = "CREATE TABLE IF NOT EXISTS \"__EFMigrationsHistory\" (\n    \"MigrationId\" character varying(150) NOT NULL,\n    \"ProductVersion\" character varying(32) NOT NULL,\n    CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY (\"MigrationId\")\n);\n\n";

    [Fact]
    public void each_row_of_the_history_ends_a_migration()
    {
        var migrations = Read(Table + Plain("20240101120000_Initial", "CREATE TABLE a (x int);") + Plain("20240102120000_Two_Words", "CREATE TABLE b (x text DEFAULT 'COMMIT;');\nCREATE TABLE c (x int);"));
        migrations.Select(migration => migration.Title).ShouldBe(["20240101120000 Initial", "20240102120000 Two Words"]);
        var two = migrations[1].Up;
        two.Text.ShouldContain("CREATE TABLE b (x text DEFAULT 'COMMIT;');");
        two.Text.ShouldNotContain("START TRANSACTION");
        two.Text.ShouldNotContain("CREATE TABLE a");
        two.NoTransaction.ShouldBeFalse();
    }

    [Fact]
    public void statements_keep_their_line_in_the_file()
    {
        var text = Table + Plain("20240101120000_Initial", "CREATE TABLE a (x int);") + Plain("20240102120000_More", "CREATE TABLE b (x int);");
        var up = Read(text)[1].Up;
        var line = up.Text.Split('\n').ToList().FindIndex(one => one.StartsWith("CREATE TABLE b", StringComparison.Ordinal)) + up.FirstLine;
        text.Split('\n')[line - 1].ShouldBe("CREATE TABLE b (x int);");
    }

    [Fact]
    public void the_history_is_made_where_it_is_not_there_with_the_columns_of_the_script()
    {
        var row = "INSERT INTO app.\"__EFMigrationsHistory\" (migration_id, product_version)\nVALUES ('20240101120000_A', '8.0.0');\n";
        Read($"START TRANSACTION;\nSELECT 1;\n{row}COMMIT;\n").Single().Up.Text.ShouldStartWith(
            "CREATE TABLE IF NOT EXISTS app.\"__EFMigrationsHistory\" (migration_id character varying(150) NOT NULL, product_version character varying(32) NOT NULL, CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY (migration_id)); ");
    }

    [Theory]
    [InlineData("$EF$")]
    [InlineData("$$")]
    public void an_idempotent_script_is_taken_apart_too(string quote)
    {
        var migrations = Read(Table + Idempotent("20240101120000_Initial", "CREATE TABLE a (x int);", quote) + Idempotent("20240102120000_More", "CREATE TABLE b (x int);", quote));
        migrations.Select(migration => migration.Id).ShouldBe(["20240101120000", "20240102120000"]);
        migrations[1].Up.Text.ShouldContain("CREATE TABLE b");
        migrations[1].Up.Text.ShouldContain("VALUES ('20240102120000_More', '8.0.0');");
        migrations[1].Up.Text.TrimEnd().ShouldEndWith($"END {quote};");
    }

    [Fact]
    public void what_runs_outside_of_a_transaction_there_does_so_here()
    {
        var migrations = Read("START TRANSACTION;\nCREATE TABLE a (x int);\n" + Row("20240101120000_A") + "COMMIT;\n\nCREATE INDEX CONCURRENTLY i ON a (x);\n\nSTART TRANSACTION;\n" + Row("20240102120000_B") + "CREATE TABLE c (x int);\n" + Row("20240103120000_C") + "COMMIT;\n");
        migrations.Select(migration => migration.Up.NoTransaction).ShouldBe([false, true, false]);
    }

    [Fact]
    public void a_script_that_was_written_anew_with_more_in_it_holds_the_same_migrations()
    {
        var first = Plain("20240101120000_Initial", "CREATE TABLE a (x int);");
        var again = first.Replace("8.0.0", "9.0.1", StringComparison.Ordinal).Replace("COMMIT;\n\n", "", StringComparison.Ordinal) + "\n" + Plain("20240102120000_More", "CREATE TABLE b (x int);").Replace("START TRANSACTION;\n", "", StringComparison.Ordinal);
        Read(Table + again)[0].Up.Sha256.ShouldBe(Read(Table + first)[0].Up.Sha256);
        Read(Table + first.Replace("x int", "x text", StringComparison.Ordinal))[0].Up.Sha256.ShouldNotBe(Read(Table + first)[0].Up.Sha256);
    }

    [Fact]
    public void the_content_says_which_format_it_is_in_a_folder_or_as_a_file()
    {
        using var folder = new FormatFolder();
        folder.Write("0001_all.sql", Table + Plain("20240101120000_Initial", "SELECT 1;")).Read().Format.ShouldBe("ef-core");
        folder.ReadFile("0001_all.sql").Format.ShouldBe("ef-core");
    }

    [Theory]
    [InlineData("SELECT 1;", 1, "the script holds no migration of EF Core")]
    [InlineData("START TRANSACTION;\nDELETE FROM \"__EFMigrationsHistory\"\nWHERE \"MigrationId\" = '20240101120000_A';\nCOMMIT;", 2, "the script takes migrations back, which is not supported here")]
    [InlineData("INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\")\nVALUES ('First', '8.0.0');", 1, "'First' is not the id of a migration of EF Core")]
    [InlineData("INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\")\nVALUES ('20240101120000_A', '8.0.0');\nCOMMIT;\n\nDROP TABLE x;", 5, "statements after the last row of __EFMigrationsHistory belong to no migration")]
    public void what_is_not_a_script_forward_is_named(string text, int line, string message)
    {
        using var folder = new FormatFolder();
        folder.Write("script.sql", text);
        var refused = folder.Refused("ef-core");
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/script.sql", line, 1));
    }

    private static IReadOnlyList<Migration> Read(string text)
    {
        using var folder = new FormatFolder();
        return folder.Write("script.sql", text).Read("ef-core").Migrations;
    }

    private static string Plain(string id, string body) => $"START TRANSACTION;\n\n{body}\n\n{Row(id)}COMMIT;\n\n";

    private static string Row(string id) => $"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\")\nVALUES ('{id}', '8.0.0');\n\n";

    private static string Idempotent(string id, string body, string quote)
    {
        return "START TRANSACTION;\n\n" + Block(body) + Block(Row(id).TrimEnd()) + "COMMIT;\n\n";

        string Block(string statement) => $"\nDO {quote}\nBEGIN\n    IF NOT EXISTS(SELECT 1 FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '{id}') THEN\n    {statement}\n    END IF;\nEND {quote};\n";
    }
}
