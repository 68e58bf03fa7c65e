using Lockkeeper.Kernel.Reports;
using Lockkeeper.Cli.Help;
using Lockkeeper.Cli.Rendering;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.Unit.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli;

public sealed class HelpPageTests
{
    [Fact]
    public void the_help_of_a_verb() => Golden.Check("tests/Unit/Cli/Golden/help-verb.txt", HelpPage.Of(SampleVerb.Of(), Terminal.None));

    [Fact]
    public void the_help_of_a_verb_on_a_narrow_terminal() =>
        Golden.Check("tests/Unit/Cli/Golden/help-verb-narrow.txt", HelpPage.Of(SampleVerb.Of(), new Terminal(60, Colours: false)));

    [Fact]
    public void the_overview_leaves_hidden_verbs_out()
    {
        var verb = SampleVerb.Of();
        var text = HelpPage.Overview([verb, verb with { Path = "init" }, verb with { Path = "secret", Hidden = true }], Terminal.None);
        Golden.Check("tests/Unit/Cli/Golden/help-overview.txt", text);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(57)]
    [InlineData(80)]
    public void no_line_is_wider_than_the_terminal(int width) =>
        HelpPage.Of(SampleVerb.Of(), new Terminal(width, Colours: false)).Split('\n').ShouldAllBe(line => TextWidth.Of(line) <= width);
}
