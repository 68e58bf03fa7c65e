using System.Text;
using Lockkeeper.Cli.Rendering;
using Lockkeeper.Cli.Running;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli.Rendering;

public sealed class TerminalProgressTests
{
    private readonly MemoryStream stream = new();

    [Fact]
    public void what_is_said_stays_above_the_live_line_and_the_live_line_is_gone_at_the_end()
    {
        using (var progress = Progress())
        {
            progress.Now("applying", 1, 3);
            progress.Say("applied 0001");
        }

        Written.ShouldBe("applying (1 of 3)" + Ansi.ClearLine + "applied 0001\napplying (1 of 3)" + Ansi.ClearLine);
    }

    [Fact]
    public void a_live_line_never_wraps()
    {
        using var progress = Progress();
        progress.Now(new string('x', 200), 7, 1000);
        TextWidth.Of(Written).ShouldBeLessThan(60);
        Written.ShouldEndWith("… (7 of 1000)");
    }

    [Fact]
    public void changes_too_fast_to_read_are_not_drawn()
    {
        using var progress = Progress();
        for (var i = 0; i < 1000; i++)
            progress.Now("applying", i, 1000);
        Written.ShouldBe("applying (0 of 1000)");
    }

    [Fact]
    public void secrets_are_taken_out()
    {
        var redactor = new Redactor();
        redactor.Learn("hunter2");
        using var progress = new TerminalProgress(new Output(stream.Write), new Terminal(60, false), redactor, new StoppedClock());
        progress.Say("password hunter2");
        progress.Now("trying hunter2");
        Written.ShouldNotContain("hunter2");
    }

    private string Written => Encoding.UTF8.GetString(stream.ToArray());

    private TerminalProgress Progress() => new(new Output(stream.Write), new Terminal(60, Colours: false), new Redactor(), new StoppedClock());

    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
