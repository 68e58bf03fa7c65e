using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class AtlasFormatTests
{
    /// <summary>Files and sum of Atlas' own tests, sql/migrate/testdata/migrate/sub.</summary>
    [Fact]
    public void a_sum_that_atlas_wrote_fits()
    {
        using var folder = new FormatFolder();
        folder.Write("1.a_sub.up.sql", "-- create table \"t_sub\"\nCREATE TABLE t_sub(c int);\n-- add c1 column\nALTER TABLE t_sub ADD c1 int;");
        folder.Write("2.10.x-20_description.sql", "-- add c2 column\nALTER TABLE t_sub ADD c2 int;");
        folder.Write("3_partly.sql", "-- add c3 column\nALTER TABLE t_sub ADD c3 int;\n-- add c4 column\nALTER TABLE t_sub ADD c4 int;");
        folder.Write("atlas.sum", """
            h1:VpH77zWOBMwX5QhvnQo0XQvXCrOYZg4h1o0XlJTQnl0=
            1.a_sub.up.sql h1:nXyZR020M/mH7LxkoTkJr7BcQkipVg90imQ9I4595dw=
            2.10.x-20_description.sql h1:wQB3Vh3PHVXQg9OD3Gn7TBxbZN3r1Qb7TtAE1g3q9mQ=
            3_partly.sql h1:lHlMz6mEvBfvjry5lFXjs2vi6Et9xb9CWicaOXD42Qc=

            """);
        folder.Refused().Code.ShouldBe(MigrateErrors.BadFileName, "the sum fits, and the names are the next thing that is looked at");
        folder.Write("3_partly.sql", "-- add c3 column");
        folder.Refused().Message.ShouldBe("migrations/3_partly.sql is not the file that migrations/atlas.sum was written for");
    }

    [Fact]
    public void a_name_may_be_missing()
    {
        using var folder = new FormatFolder();
        folder.Write("1.sql", "CREATE TABLE t1 (c int);").Write("2_two_words.sql", "CREATE TABLE t2 (c int);");
        Sum(folder, "1.sql", "2_two_words.sql");
        folder.Ids().ShouldBe("1, 2");
        folder.Read().FormatReason.ShouldBe("because of atlas.sum");
        folder.Read().Migrations[1].Name.ShouldBe("two words");
    }

    [Fact]
    public void an_edited_file_is_named_and_those_after_it_are_not()
    {
        using var folder = Three();
        folder.Write("2_b.sql", "SELECT 22;");
        Refused(folder, "migrations/2_b.sql", "migrations/2_b.sql is not the file that migrations/atlas.sum was written for");
    }

    [Theory]
    [InlineData("4_d.sql")]
    [InlineData("1_a2.sql")]
    public void a_file_that_was_added_is_named(string file)
    {
        using var folder = Three();
        folder.Write(file, "SELECT 4;");
        Refused(folder, $"migrations/{file}", $"migrations/{file} is not in migrations/atlas.sum");
    }

    [Theory]
    [InlineData("1_a.sql", 2)]
    [InlineData("3_c.sql", 4)]
    public void a_file_that_is_gone_is_named(string file, int line)
    {
        using var folder = Three();
        folder.Remove(file);
        Refused(folder, "migrations/atlas.sum", $"migrations/atlas.sum names {file}, which is not there", line);
    }

    [Fact]
    public void windows_line_ends_are_a_change_as_they_are_for_atlas()
    {
        using var folder = Three();
        folder.Write("3_c.sql", "SELECT 3;\r\n");
        Refused(folder, "migrations/3_c.sql", "migrations/3_c.sql is not the file that migrations/atlas.sum was written for");
    }

    [Fact]
    public void a_first_line_that_does_not_fit_is_named()
    {
        using var folder = Three();
        folder.Write("atlas.sum", "h1:AAAA\n" + folder.Text("atlas.sum").Split('\n', 2)[1]);
        Refused(folder, "migrations/atlas.sum", "the first line of migrations/atlas.sum does not fit the lines below it");
    }

    [Fact]
    public void a_line_that_is_none_is_named()
    {
        using var folder = Three();
        folder.Write("atlas.sum", folder.Text("atlas.sum") + "<<<<<<< ours\n");
        Refused(folder, "migrations/atlas.sum", "'<<<<<<< ours' is not a line of atlas.sum", 5);
    }

    [Fact]
    public void without_its_sum_a_folder_is_refused()
    {
        using var folder = new FormatFolder("1_a.sql");
        var refused = folder.Refused("atlas");
        refused.Code.ShouldBe(MigrateErrors.SumMismatch);
        refused.Message.ShouldBe("migrations/atlas.sum is not there");
    }

    [Fact]
    public void a_file_that_the_sum_leaves_out_counts_by_its_name()
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", "SELECT 1;\n").Write("2_b.sql", "-- atlas:sum ignore\nSELECT 2;\n").Write("3_c.sql", "SELECT 3;\n");
        Sum(folder, "1_a.sql", "2_b.sql", "3_c.sql");
        folder.Ids().ShouldBe("1, 2, 3");
        folder.Write("2_b.sql", "-- atlas:sum ignore\nSELECT 22;\n");
        folder.Ids().ShouldBe("1, 2, 3");
    }

    [Fact]
    public void directives_at_the_top_are_honoured()
    {
        One("-- atlas:txmode none\n\nSELECT 1;").Up.NoTransaction.ShouldBeTrue();
        One("-- atlas:txmode file\n\n-- atlas:nolint DS103\nSELECT 1;").Up.NoTransaction.ShouldBeFalse();
        var checkpoint = One("-- atlas:checkpoint\n\nSELECT 1;");
        (checkpoint.Kind, checkpoint.Id).ShouldBe((MigrationKind.Baseline, "B:1"));
    }

    [Theory]
    [InlineData(@"\n\n\n", "SELECT 1 -- a\n\n\nSELECT ';\n\n\n'\n\n\n", "SELECT 1 -- a\n;\n\nSELECT ';\n\n\n'\n;\n\n")]
    [InlineData("-- end", "SELECT 1\n-- end\nSELECT $$-- end$$ -- end\n", "SELECT 1\n;     \nSELECT $$-- end$$ ;     \n")]
    [InlineData("//", "SELECT '//', \"//\" //\nSELECT /* // */ 2//", "SELECT '//', \"//\" ; \nSELECT /* // */ 2; ")]
    public void a_delimiter_becomes_a_semicolon_outside_of_quotes_and_lines_stay(string delimiter, string text, string expected) =>
        One($"-- atlas:delimiter {delimiter}\n\n{text}").Up.Text.ShouldBe($"-- atlas:delimiter {delimiter}\n\n{expected}");

    [Theory]
    [InlineData("-- atlas:txmode all\n\nSELECT 1;", 1, "the directive atlas:txmode all is not supported here")]
    [InlineData("-- atlas:txtar\n\n-- checks.sql --\nSELECT 1;", 1, "the directive atlas:txtar is not supported here")]
    [InlineData("-- a\n-- atlas:txmode none\nSELECT 1;", 2, "atlas:txmode counts only in the comments at the top of the file, with an empty line below them")]
    [InlineData("SELECT 1;\n-- atlas:checkpoint\n\nSELECT 1;", 2, "atlas:checkpoint counts only in the comments at the top of the file, with an empty line below them")]
    public void what_atlas_would_not_see_and_what_is_not_covered_is_named(string text, int line, string message)
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", text);
        Sum(folder, "1_a.sql");
        var refused = folder.Refused();
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/1_a.sql", line, 1));
    }

    [Fact]
    public void a_folder_with_down_files_is_another_tools_with_a_sum()
    {
        using var folder = new FormatFolder("1_a.up.sql", "1_a.down.sql");
        Sum(folder, "1_a.down.sql", "1_a.up.sql");
        folder.Refused().Message.ShouldBe("migrations/1_a.down.sql is not a migration of Atlas, which has no down files");
    }

    private static FormatFolder Three()
    {
        var folder = new FormatFolder();
        folder.Write("1_a.sql", "SELECT 1;\n").Write("2_b.sql", "SELECT 2;\n").Write("3_c.sql", "SELECT 3;\n");
        Sum(folder, "1_a.sql", "2_b.sql", "3_c.sql");
        folder.Ids().ShouldBe("1, 2, 3");
        return folder;
    }

    private static Migration One(string text)
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", text);
        Sum(folder, "1_a.sql");
        return folder.Read().Migrations.Single();
    }

    private static void Refused(FormatFolder folder, string file, string message, int line = 1)
    {
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.SumMismatch);
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition(file, line, 1));
    }

    /// <summary>Writes the sum as Atlas defines it, from the documentation and not from the code that is tested.</summary>
    private static void Sum(FormatFolder folder, params string[] files)
    {
        var (all, lines, names) = (new List<byte>(), "", "");
        foreach (var file in files)
        {
            all.AddRange(Encoding.UTF8.GetBytes(file));
            if (folder.Text(file).StartsWith("-- atlas:sum ignore", StringComparison.Ordinal))
                continue;
            all.AddRange(Encoding.UTF8.GetBytes(folder.Text(file)));
            var hash = Convert.ToBase64String(SHA256.HashData(all.ToArray()));
            lines += $"{file} h1:{hash}\n";
            names += file + hash;
        }

        folder.Write("atlas.sum", $"h1:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(names)))}\n{lines}");
    }
}
