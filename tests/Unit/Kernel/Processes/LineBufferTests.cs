using Lockkeeper.Kernel.Processes;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Processes;

public sealed class LineBufferTests
{
    [Fact]
    public void only_the_last_lines_are_kept_and_all_are_handed_on()
    {
        var handed = new List<string>();
        var buffer = new LineBuffer(new ProcessSpec("any") { KeepLines = 2, OnLine = line => handed.Add(line.Text) }, new Redactor());
        foreach (var text in new[] { "one", "two", "three" })
            buffer.Add(text, isError: false);
        buffer.Snapshot().Select(line => line.Text).ShouldBe(["two", "three"]);
        handed.ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public void a_secret_is_taken_out_before_a_line_is_kept_or_handed_on()
    {
        var redactor = new Redactor();
        redactor.Learn("p@ss word");
        var handed = new List<string>();
        var buffer = new LineBuffer(new ProcessSpec("any") { OnLine = line => handed.Add(line.Text) }, redactor);
        buffer.Add("plain p@ss word and encoded p%40ss%20word", isError: true);
        buffer.Snapshot().Single().Text.ShouldBe("plain *** and encoded ***");
        handed.ShouldBe(["plain *** and encoded ***"]);
    }
}
