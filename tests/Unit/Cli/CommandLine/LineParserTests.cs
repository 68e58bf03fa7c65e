using Lockkeeper.Cli.CommandLine;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Tests.Unit.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli.CommandLine;

public sealed class LineParserTests
{
    private static readonly Verb[] Verbs =
    [
        SampleVerb.Of(),
        SampleVerb.Of() with { Path = "sample status", Effect = VerbEffect.Reads, Parameters = [] },
        SampleVerb.Of() with { Path = "init", Effect = VerbEffect.Local, Parameters = [] },
        SampleVerb.Of() with { Path = "secret tool", Hidden = true },
    ];

    [Fact]
    public void a_verb_with_all_kinds_of_values_is_read()
    {
        var asked = Parse("sample", "apply", "12", "--env", "dev", "--retries=3", "--lock-timeout", "5s", "--accept-drift", "--json", "--dry-run").ShouldBeOfType<AskedVerb>();
        asked.Verb.Path.ShouldBe("sample apply");
        asked.Values.ShouldBe(
            new Dictionary<string, string>
            {
                ["version"] = "12", ["env"] = "dev", ["retries"] = "3", ["lock-timeout"] = "5s", ["accept-drift"] = "true", ["json"] = "true", ["dry-run"] = "true",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void what_is_not_given_is_not_there() => Parse("sample", "apply").ShouldBeOfType<AskedVerb>().Values.ShouldBeEmpty();

    [Theory]
    [InlineData("-5")]
    [InlineData("@file")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("init")]
    public void a_value_is_kept_as_it_is(string value) =>
        Parse("sample", "apply", "--note", value).ShouldBeOfType<AskedVerb>().Values["note"].ShouldBe(value);

    [Fact]
    public void after_two_hyphens_everything_is_a_value() =>
        Parse("sample", "apply", "--", "--yes").ShouldBeOfType<AskedVerb>().Values.ShouldBe(new Dictionary<string, string> { ["version"] = "--yes" });

    [Fact]
    public void help_is_asked_for_in_the_usual_ways()
    {
        Parse().ShouldBeOfType<AskedOverview>();
        Parse("--help").ShouldBeOfType<AskedOverview>();
        Parse("-h").ShouldBeOfType<AskedOverview>();
        Parse("help").ShouldBeOfType<AskedOverview>();
        Parse("sample", "--help").ShouldBe(new AskedGroup("sample"));
        Parse("help", "sample").ShouldBe(new AskedGroup("sample"));
        Parse("sample", "apply", "-h").ShouldBe(new AskedHelp(Verbs[0]));
        Parse("sample", "apply", "12", "--env", "dev", "--help").ShouldBe(new AskedHelp(Verbs[0]));
        Parse("help", "init").ShouldBe(new AskedHelp(Verbs[2]));
        Parse("--version").ShouldBeOfType<AskedVersion>();
    }

    [Theory]
    [InlineData("smaple apply", "'smaple' is not a verb of lk", "Did you mean 'lk sample'?")]
    [InlineData("sample aply 12", "'sample aply' is not a verb of lk", "Did you mean 'lk sample apply'?")]
    [InlineData("sample deploy", "'sample deploy' is not a verb of lk", "Choose one of: apply, status.")]
    [InlineData("deploy", "'deploy' is not a verb of lk", "Run 'lk --help' for all verbs.")]
    [InlineData("deploy --help", "'deploy' is not a verb of lk", "Run 'lk --help' for all verbs.")]
    [InlineData("secre", "'secre' is not a verb of lk", "Run 'lk --help' for all verbs.")]
    [InlineData("sample", "'sample' is a group of verbs and needs one of them", "Choose one of: apply, status. 'lk sample --help' says what each does.")]
    [InlineData("sample apply --evn dev", "'sample apply' has no option --evn", "Did you mean --env?")]
    [InlineData("sample apply --frobnicate", "'sample apply' has no option --frobnicate", "Run 'lk sample apply --help' for what it takes.")]
    [InlineData("sample status --yes", "'sample status' has no option --yes", "Run 'lk sample status --help' for what it takes.")]
    [InlineData("sample apply --env", "--env needs a value", "Run 'lk sample apply --help' for what it takes.")]
    [InlineData("sample apply --env a --env b", "--env is given more than once", "Give --env once.")]
    [InlineData("sample apply 12 13", "'sample apply' does not take '13'", "Run 'lk sample apply --help' for what it takes.")]
    [InlineData("--jsn", "'--jsn' is not an option of lk", "Run 'lk --help' for all verbs.")]
    public void a_line_that_cannot_be_understood_is_explained(string line, string message, string hint)
    {
        var error = Should.Throw<LockkeeperException>(() => Parse(line.Split(' ')));
        error.Code.ShouldBe(KernelErrors.WrongUse);
        error.Exit.ShouldBe(ExitCode.WrongUse);
        error.Message.ShouldBe(message);
        error.Hint.ShouldBe(hint);
    }

    [Theory]
    [InlineData(new[] { "" }, new[] { "--help", "init", "sample" })]
    [InlineData(new[] { "sa" }, new[] { "sample" })]
    [InlineData(new[] { "sample", "" }, new[] { "--help", "apply", "status" })]
    [InlineData(new[] { "sample", "st" }, new[] { "status" })]
    [InlineData(new[] { "sample", "apply", "--lo" }, new[] { "--lock-timeout" })]
    [InlineData(new[] { "sample", "apply", "--format", "" }, new[] { "psql", "sql" })]
    [InlineData(new[] { "sample", "apply", "--format", "p" }, new[] { "psql" })]
    [InlineData(new[] { "nothing", "" }, new string[0])]
    public void a_line_that_is_being_typed_is_completed(string[] words, string[] completions) =>
        Parse(["[complete]", .. words]).ShouldBeOfType<AskedCompletions>().Words.ShouldBe(completions);

    private static ParsedLine Parse(params string[] words) => LineParser.Parse(Verbs, words);
}
