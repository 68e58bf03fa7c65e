using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

/// <summary>A file that is read as a stream gives what one in memory gives: text, checksum, directives, placeholders, statements and errors.</summary>
public sealed class LargeFileReadingTests : IDisposable
{
    /// <summary>Few statements that make a large file.</summary>
    private static readonly string Padded = $"INSERT INTO u VALUES ('{new string('x', 3000)}');\n";

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void text_and_checksum_are_those_of_the_file_in_memory() => Prop.ForAll(
        // Long enough for several blocks, which end inside of whatever the length makes them end in.
        Gen.Elements("é", "\U0001D11E", "€", "\r\n", "\r", "\n", "a", "\uFEFF", "ab;").NonEmptyListOf().Select(string.Concat).ToArbitrary(), Gen.Choose(0, 9).ToArbitrary(),
        (text, shift) =>
        {
            var all = new string('x', shift) + new StringBuilder().Insert(0, text, 200_000 / text.Length + 1);
            foreach (var written in new[] { all, text, "\uFEFF" + text })
            {
                File.WriteAllText(folder["a.sql"], written, new UTF8Encoding(false));
                var (large, kept) = (LargeFile.Scan(folder["a.sql"], "a.sql").Whole, MigrationScript.Read(folder["a.sql"], "a.sql"));
                (large.Load() == kept.Text).ShouldBeTrue();
                (large.Sha256, large.Length).ShouldBe((kept.Sha256, kept.Text.Length));
                var (from, to) = (kept.Text.Length / 3, kept.Text.Length / 2);
                large.Part(from, to, 1).Load().ShouldBe(kept.Text[from..to]);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Theory]
    [InlineData(0)]
    [InlineData(65_530)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_001)]
    public void bytes_that_are_no_text_are_named_at_the_same_place(int before)
    {
        foreach (var bad in new byte[][] { [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9D, 0x84, (byte)'a'], [0x80] })
        {
            File.WriteAllBytes(folder["a.sql"], [.. Encoding.UTF8.GetBytes("é\n" + new string('x', before)), .. bad, (byte)'\n']);
            var large = Should.Throw<LockkeeperException>(() => LargeFile.Scan(folder["a.sql"], "a.sql"));
            var kept = Should.Throw<LockkeeperException>(() => MigrationScript.ReadText(folder["a.sql"], "a.sql"));
            (large.Code, large.At).ShouldBe((kept.Code, kept.At));
        }
    }

    [Fact]
    public void a_file_over_the_threshold_is_not_kept_and_one_below_is()
    {
        Write("SELECT 1;\n", LargeFile.Threshold / 10).Large.ShouldBeNull();
        Write("SELECT 1;\n", LargeFile.Threshold / 10 + 1).Large.ShouldNotBeNull();
    }

    [Fact]
    public void directives_are_found_below_any_comments()
    {
        File.WriteAllText(folder["a.sql"], "\r\n" + new StringBuilder().Insert(0, "-- a long head\r\n", 20_000) + "  -- lk: no-transaction\r\n--lk: timeout 5s\r\nSELECT '" + new string('x', LargeFile.Threshold) + "';\n-- lk: nonsense");
        var script = MigrationScript.Read(folder["a.sql"], "a.sql");
        script.Large.ShouldNotBeNull();
        (script.NoTransaction, script.Timeout).ShouldBe((true, TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData("flyway")]
    [InlineData("lockkeeper")]
    [InlineData("grate")]
    public void placeholders_are_replaced_the_same(string format)
    {
        string[] pieces = ["${a}", "${A}", "${b}", ":a", "::a", ":::a", ":", "$", "${", "}", "{{a}}", "{{", "$$", "x", "\n", "é", ":b ", "12:30:05", "$a$"];
        var known = format == "flyway" ? pieces.Where(piece => piece is not "${" && !piece.StartsWith("{{", StringComparison.Ordinal)).ToArray() : pieces;
        var placeholders = new Placeholders(format, new Dictionary<string, string> { ["a"] = "<${b}>", ["b"] = "" });
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < LargeFile.Threshold)
            text.Append(known[random.Next(known.Length)]);
        File.WriteAllText(folder["a.sql"], text.Append(' ', LargeFile.Threshold - text.Length + 10).ToString());
        var script = MigrationScript.Read(folder["a.sql"], "a.sql");
        script.Large.ShouldNotBeNull();
        using var reader = placeholders.Open(script);
        (reader.ReadToEnd() == placeholders.Replace(script)).ShouldBeTrue();
    }

    [Fact]
    public void a_placeholder_without_a_value_is_named_at_its_place()
    {
        var rows = LargeFile.Threshold / Padded.Length + 1;
        File.WriteAllText(folder["a.sql"], new StringBuilder().Insert(0, Padded.Replace("\n", "\r\n"), rows) + "SELECT 2;\r\nSELECT ${missing};");
        var script = MigrationScript.Read(folder["a.sql"], "a.sql");
        var refused = Should.Throw<LockkeeperException>(() => Prepare(script, "flyway"));
        (refused.Code, refused.At).ShouldBe((MigrateErrors.UnknownPlaceholder, new SourcePosition("a.sql", rows + 2, 8)));
    }

    [Fact]
    public void a_large_script_is_prepared_as_a_small_one()
    {
        const string sql = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1); INSERT INTO u VALUES (2);\nCOPY t FROM stdin;\n1\n2;\n\\.\nDROP TABLE v;\nSET search_path = x;\n";
        var padding = new StringBuilder().Insert(0, Padded, LargeFile.Threshold / Padded.Length + 1).ToString();
        File.WriteAllText(folder["a.sql"], sql + padding);
        var large = Prepare(MigrationScript.Read(folder["a.sql"], "a.sql"));
        var small = Prepare(MigrationScript.Of(sql + padding, "a.sql"));
        (large.IsLarge, small.IsLarge).ShouldBe((true, false));
        (large.StatementCount, large.InTransaction, large.Summary.ChangesSession, large.Summary.HasInlineData).ShouldBe((small.StatementCount, small.InTransaction, small.Summary.ChangesSession, small.Summary.HasInlineData));
        (large.Impact.Risk, string.Join(", ", large.Impact.Locks), string.Join(", ", large.Impact.Losses)).ShouldBe((small.Impact.Risk, string.Join(", ", small.Impact.Locks), string.Join(", ", small.Impact.Losses)));
        Shown(large).ShouldBe(Shown(small));
        Shown(large).ShouldBe(Shown(large), "it can be read again");

        static IEnumerable<string> Shown(PreparedSql script) => script.Statements.Take(20).Select(statement => $"{statement.Sql.At} {statement.Sql.Text} {statement.Sql.CopyData} {statement.Facts.Command}");
    }

    [Theory]
    [InlineData("SET search_path = s; BEGIN; SELECT 1;\n", "SELECT 2;\nCOMMIT;\n")]
    [InlineData("BEGIN;\n", "COMMIT; ROLLBACK;")]
    public void a_transaction_around_all_of_a_large_file_gives_way(string first, string last)
    {
        var text = first + new StringBuilder().Insert(0, Padded, LargeFile.Threshold / Padded.Length + 1) + last;
        File.WriteAllText(folder["a.sql"], text);
        var (large, small) = (Prepare(MigrationScript.Read(folder["a.sql"], "a.sql")), Prepare(MigrationScript.Of(text, "a.sql")));
        (large.IsLarge, large.InTransaction, large.StatementCount).ShouldBe((true, true, small.StatementCount));
        large.Statements.Select(statement => statement.Sql.At).ShouldBe(small.Statements.Select(statement => statement.Sql.At));
    }

    [Theory]
    [InlineData("SELECT 1; BEGIN;\n", "COMMIT;\n", 1)]
    [InlineData("BEGIN;\n", "COMMIT; SELECT 1;", 1)]
    [InlineData("", "COMMIT;", 0)]
    public void any_other_transaction_of_a_large_file_is_refused_at_its_place(string first, string last, int line)
    {
        var rows = LargeFile.Threshold / Padded.Length + 1;
        File.WriteAllText(folder["a.sql"], first + new StringBuilder().Insert(0, Padded, rows) + last);
        var refused = Should.Throw<LockkeeperException>(() => Prepare(MigrationScript.Read(folder["a.sql"], "a.sql")));
        refused.Code.ShouldBe(MigrateErrors.TransactionControl);
        refused.At!.Line.ShouldBe(line == 0 ? rows + 1 : line);
    }

    [Fact]
    public void the_plan_of_a_large_script_says_what_is_sent_by_its_hash()
    {
        var script = Write("SELECT ${who}::text;" + Padded, LargeFile.Threshold / Padded.Length);
        string Text(string who) => ScriptPreparation.Prepare(script, ScriptText.Of(script, new Placeholders("flyway", new Dictionary<string, string> { ["who"] = who })), null).Text;
        Text("1").ShouldBe(Text("1"));
        Text("1").ShouldNotBe(Text("2"));
        Text("1").Length.ShouldBeLessThan(500);
    }

    [Theory]
    [InlineData(0, "first block")]
    [InlineData(5_000_000, "middle")]
    [InlineData(-1, "end")]
    public void no_statement_of_a_block_that_was_changed_is_given_out(int offset, string where)
    {
        var script = Write(Padded, LargeFile.Threshold / Padded.Length + 1);
        var prepared = Prepare(script);
        using (var file = File.OpenWrite(folder["a.sql"]))
        {
            file.Position = offset < 0 ? file.Length : offset;
            file.Write("DROP TABLE t;"u8);
        }

        var given = new List<string>();
        var refused = Should.Throw<LockkeeperException>(() => given.AddRange(prepared.Statements.Select(statement => statement.Sql.Text)), where);
        refused.Code.ShouldBe(MigrateErrors.FileChanged);
        given.ShouldNotContain(sql => sql.Contains("DROP"));
        Should.Throw<LockkeeperException>(prepared.RequireUnchanged).Code.ShouldBe(MigrateErrors.FileChanged);
    }

    [Fact]
    public void a_file_that_was_cut_short_or_removed_is_caught()
    {
        var script = Write(Padded, LargeFile.Threshold / Padded.Length + 1);
        var prepared = Prepare(script);
        using (var file = File.OpenWrite(folder["a.sql"]))
            file.SetLength(64 * 1024 * 19);
        Should.Throw<LockkeeperException>(() => prepared.Statements.Count()).Code.ShouldBe(MigrateErrors.FileChanged);
        File.Delete(folder["a.sql"]);
        Should.Throw<LockkeeperException>(() => prepared.Statements.Count()).Code.ShouldBe(MigrateErrors.FileUnreadable);
    }

    private MigrationScript Write(string line, int lines)
    {
        File.WriteAllText(folder["a.sql"], new StringBuilder().Insert(0, line, lines).ToString());
        return MigrationScript.Read(folder["a.sql"], "a.sql");
    }

    private static PreparedSql Prepare(MigrationScript script, string format = "lockkeeper") =>
        ScriptPreparation.Prepare(script, ScriptText.Of(script, new Placeholders(format, new Dictionary<string, string>())), null);
}
