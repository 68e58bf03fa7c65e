using System.Text;
using Lockkeeper.Cli.Rendering;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Screens;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli.Rendering;

public sealed class TerminalScreenTests
{
    [Fact]
    public void only_lines_that_differ_are_sent()
    {
        ScreenText.Change([], ["a", "b"]).ShouldBe("\e[1;1Ha\e[K\e[2;1Hb\e[K");
        ScreenText.Change(["a", "b", "c"], ["a", "x"]).ShouldBe("\e[2;1Hx\e[K\e[3;1H\e[K");
        ScreenText.Change(["a"], ["a"]).ShouldBe("");
    }

    [Fact]
    public void a_line_is_cut_off_at_the_width_and_what_a_server_says_drives_no_terminal()
    {
        Of(new ScreenLine([new Cell("pid "), new Cell("größer", Tone.Bad)]), 7).ShouldBe("pid \e[31mgr…\e[0m");
        Of(ScreenLine.Of("a\e[2Jb\nc")).ShouldBe("a\u241b[2Jb c");
        Of(new ScreenLine([new Cell("a", Tone.Bad)], IsSelected: true), 3).ShouldBe("\e[7ma  \e[0m");
    }

    [Theory]
    [InlineData("q", "Text:q")]
    [InlineData("\e[A\e[B\eOA", "Up Down Up")]
    [InlineData("\e[5~\e[6~\e[1~\e[F", "PageUp PageDown Home End")]
    [InlineData("\e", "Escape")]
    [InlineData("é漢", "Text:é Text:漢")]
    [InlineData("\r\t\u007f\u0001", "Enter Tab Backspace")]
    [InlineData("\e[1;5Cx", "Text:x")]
    [InlineData("\ex", "Escape Text:x")]
    public void keys_are_told_by_their_bytes(string bytes, string keys) =>
        string.Join(' ', KeyReader.Keys(Encoding.UTF8.GetBytes(bytes)).Select(key => key.Name + (key.Text.Length > 0 ? ":" + key.Text : ""))).ShouldBe(keys);

    [Theory]
    [InlineData("\e", true)]
    [InlineData("\e[", true)]
    [InlineData("\e[5", true)]
    [InlineData("\eO", true)]
    [InlineData("\e[A", false)]
    [InlineData("q", false)]
    [InlineData("\ex", false)]
    public void a_key_whose_bytes_come_apart_is_waited_for(string bytes, bool unfinished) => KeyReader.IsUnfinished(Encoding.UTF8.GetBytes(bytes)).ShouldBe(unfinished);

    private static string Of(ScreenLine line, int columns = 20) => ScreenText.Of(line, columns, colours: true, Printable.Of);
}
