using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sql;

/// <summary>A script that is read as a stream gives the same statements, data, places and errors as one in memory, however it comes in pieces.</summary>
public sealed class StreamedSplittingTests
{
    /// <summary>What breaks tokens, lines and data in two, beside whole ones.</summary>
    private static readonly string[] pieces =
    [
        "'", "\"", "$", "$a", "$a$", "$$", "/*", "*/", "--", "-- ;\n", "\n", "\r", "\\", "\\i", "\\set x 1\n", ";", ";", ";\n", "(", ")", "e'", "E'\\';'", "U&'", "b", "\uFEFF",
        "copy t from stdin;", "copy t from stdin;\n", "\\.\n", "\\.", "1\t2\n", "\\N\n", "create function f() begin atomic", "end", "case", "\uD834", "\U0001D11E", "\0", "é", "1",
        " ", "select", "'it''s;'", "'a'\n'b'", "/* ;/* ; */ */", "$t$ $$;' $t$", "(1;2)", "[", "]", ":", "--",
    ];

    [Fact]
    public void any_script_is_split_the_same_in_windows_of_any_size() => Prop.ForAll(
        Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, int.MaxValue).ToArbitrary(),
        (script, window, seed) => Streamed(script, window, seed).ShouldBe(InMemory(script))).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(80));

    [Theory]
    [InlineData("SELECT 1;\n\\i other.sql\nSELECT 2;")]
    [InlineData("SELECT 1;\n\\averyveryveryveryveryveryveryverylongcommandofpsqlthatdoesnotexist x;")]
    [InlineData("COPY t FROM stdin;\n1\n2\n\\.\nSELECT 1;")]
    [InlineData("COPY t FROM stdin; -- a\n1\n2")]
    [InlineData("COPY t FROM stdin; SELECT 1;\n1\n\\.\n")]
    [InlineData("COPY t FROM stdin;\n1\n\0\n\\.\n")]
    [InlineData("\uFEFFCOPY t FROM stdin;\r\n1\r\n\\.\r\n  select 2")]
    [InlineData("COPY t FROM stdin")]
    [InlineData(";;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;; select 1;;;;;;;;;;")]
    public void a_script_is_split_the_same_in_every_window(string script)
    {
        for (var window = 1; window < script.Length + 2; window++)
            Streamed(script, window, seed: window).ShouldBe(InMemory(script));
    }

    [Fact]
    public void data_that_nobody_reads_is_passed_over()
    {
        const string script = "COPY t FROM stdin;\n1;\n2'\n\\.\nSELECT 1;\nCOPY t FROM stdin;\n3\n\\.\n";
        var statements = SqlSplitter.Statements(new ScriptCursor(new StringReader(script), new PlaceCounter("a.sql", 1, 1), firstWindow: 4)).ToList();
        statements.Select(statement => (statement.Text, statement.At.Line)).ShouldBe([("COPY t FROM stdin", 1), ("SELECT 1", 5), ("COPY t FROM stdin", 6)]);
        // Giving nothing in its place would lose rows without a word.
        Should.Throw<InvalidOperationException>(() => statements[0].CopyData!.ToString());
    }

    [Theory]
    [InlineData("select 1;\n  select 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';", 2, 3)]
    [InlineData("select 1;\ncopy t from stdin;\n1\n22222222222222222222222222222222222222222222222222222222222222\n", 4, 1)]
    public void a_statement_or_line_of_data_that_is_too_long_is_refused_at_its_place(string script, int line, int column)
    {
        var cursor = new ScriptCursor(new StringReader(script), new PlaceCounter("a.sql", 1, 1), firstWindow: 8, mostCharacters: 24);
        var refused = Should.Throw<LockkeeperException>(() => SqlSplitter.Statements(cursor).ToList());
        refused.Code.ShouldBe(SqlErrors.TooLong);
        refused.At!.Line.ShouldBe(line);
        refused.At.Column.ShouldBe(column);
    }

    [Fact]
    public void a_stream_is_held_a_window_at_a_time()
    {
        var source = new RepeatedText("INSERT INTO t VALUES (1, 'a;b');\n", 30_000_000 / 33);
        SqlSplitter.Read(source, "a.sql").Count().ShouldBe(30_000_000 / 33);
        source.LargestRead.ShouldBeLessThanOrEqualTo(ScriptCursor.DefaultWindow);
    }

    private static string InMemory(string script) => Shown(() => SqlSplitter.Statements(new ScriptCursor(script, new PlaceCounter("a.sql", 3, 1))));

    private static string Streamed(string script, int window, int seed) =>
        Shown(() => SqlSplitter.Statements(new ScriptCursor(new PiecewiseReader(script, seed), new PlaceCounter("a.sql", 3, 1), window)));

    private static string Shown(Func<IEnumerable<SqlStatement>> read)
    {
        var shown = new List<string>();
        try
        {
            foreach (var statement in read())
                shown.Add($"{statement.At} {statement.Offset} [{statement.Text}] [{statement.CopyData?.ToString() ?? "none"}]");
        }
        catch (LockkeeperException e)
        {
            shown.Add($"{e.At} {e.Code} {e.Message}");
        }

        return string.Join('\n', shown);
    }

    /// <summary>Gives a text a few characters at a time, as a file or pipe may do.</summary>
    private sealed class PiecewiseReader(string text, int seed) : TextReader
    {
        private readonly Random random = new(seed);
        private int at;

        public override int Read(char[] buffer, int index, int count)
        {
            var given = Math.Min(Math.Min(count, random.Next(1, 12)), text.Length - at);
            text.CopyTo(at, buffer, index, given);
            at += given;
            return given;
        }
    }

    private sealed class RepeatedText(string text, int times) : TextReader
    {
        private long at;

        public int LargestRead { get; private set; }

        public override int Read(char[] buffer, int index, int count)
        {
            LargestRead = Math.Max(LargestRead, count);
            var given = (int)Math.Min(count, (long)text.Length * times - at);
            for (var i = 0; i < given; i++)
                buffer[index + i] = text[(int)((at + i) % text.Length)];
            at += given;
            return given;
        }
    }
}
