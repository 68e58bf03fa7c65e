using System.Text;
using System.Text.Json;
using Lockkeeper.Cli.Running;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Tests.Unit.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli.Running;

public sealed class SessionTests
{
    private readonly MemoryStream output = new();
    private readonly MemoryStream errors = new();
    private readonly Dictionary<string, string> variables = [];

    [Fact]
    public async Task a_report_is_printed_as_text()
    {
        (await RunAsync(Done, "sample", "apply", "12", "--env", "dev")).ShouldBe(ExitCode.Done);
        Out.ShouldBe("done\n");
        Err.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_report_is_printed_as_json()
    {
        await RunAsync(Done, "sample", "apply", "12", "--env", "dev", "--json");
        var json = JsonDocument.Parse(Out).RootElement;
        json.GetProperty("verb").GetString().ShouldBe("sample apply");
        json.GetProperty("exit").GetInt32().ShouldBe(0);
        json.GetProperty("data").GetProperty("steps_done").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task the_exit_code_is_the_reports()
    {
        var exit = await RunAsync(
            (_, _) => Task.FromResult(Report.Of(new SampleData("half", 1), () => SampleJson.Default.SampleData, [new Line("half")], ExitCode.PartlyApplied)),
            "sample", "apply", "12", "--env", "dev", "--json");
        exit.ShouldBe(ExitCode.PartlyApplied);
        JsonDocument.Parse(Out).RootElement.GetProperty("exit").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task a_report_of_a_run_that_failed_halfway_comes_with_its_error()
    {
        VerbHandler half = (_, _) => Task.FromResult(
            Report.Of(new SampleData("half", 1), () => SampleJson.Default.SampleData, [new Line("1 of 2 applied")], ExitCode.PartlyApplied).WithError(Refused()));
        (await RunAsync(half, "sample", "apply", "12", "--env", "dev")).ShouldBe(ExitCode.PartlyApplied);
        Out.ShouldBe("1 of 2 applied\n");
        Err.ShouldStartWith("LK1503: the window is closed\n");
        output.SetLength(0);
        await RunAsync(half, "sample", "apply", "12", "--env", "dev", "--json");
        var json = JsonDocument.Parse(Out).RootElement;
        json.GetProperty("exit").GetInt32().ShouldBe(4);
        json.GetProperty("data").GetProperty("outcome").GetString().ShouldBe("half");
        json.GetProperty("error").GetProperty("code").GetString().ShouldBe("LK1503");
    }

    [Fact]
    public async Task an_error_goes_to_standard_error_with_its_exit_code()
    {
        (await RunAsync((_, _) => throw Refused(), "sample", "apply", "12", "--env", "dev")).ShouldBe(ExitCode.Refused);
        Out.ShouldBeEmpty();
        Err.ShouldBe("LK1503: the window is closed\n  at lockkeeper.yaml:3:5\n  WINDOW: mon-thu\nHINT: Come back on Monday.\n");
    }

    [Fact]
    public async Task an_error_as_json_goes_to_standard_output()
    {
        await RunAsync((_, _) => throw Refused(), "sample", "apply", "12", "--env", "dev", "--json");
        Err.ShouldBeEmpty();
        var json = JsonDocument.Parse(Out).RootElement;
        json.GetProperty("exit").GetInt32().ShouldBe(5);
        var error = json.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("LK1503");
        error.GetProperty("hint").GetString().ShouldBe("Come back on Monday.");
        error.GetProperty("at").GetProperty("line").GetInt32().ShouldBe(3);
        error.GetProperty("facts")[0].GetProperty("label").GetString().ShouldBe("WINDOW");
        error.GetProperty("others").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task a_line_that_cannot_be_understood_is_json_too_when_json_was_asked_for()
    {
        (await RunAsync(Done, "sample", "aply", "--json")).ShouldBe(ExitCode.WrongUse);
        var json = JsonDocument.Parse(Out).RootElement;
        json.GetProperty("verb").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("error").GetProperty("code").GetString().ShouldBe("LK1000");
    }

    [Fact]
    public async Task an_unforeseen_exception_is_an_error_without_a_stack_trace()
    {
        (await RunAsync(Crash, "sample", "apply", "12", "--env", "dev")).ShouldBe(ExitCode.Failed);
        Err.ShouldStartWith("LK1003: unexpected InvalidOperationException: the cat sat on it\n");
        Err.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task the_stack_trace_is_there_for_those_who_ask()
    {
        variables["LK_DEBUG"] = "1";
        await RunAsync(Crash, "sample", "apply", "12", "--env", "dev");
        Err.ShouldContain("   at ");
    }

    [Fact]
    public async Task a_verb_that_takes_too_long_is_cancelled()
    {
        (await RunAsync(Endless, "sample", "apply", "12", "--env", "dev", "--timeout", "20ms")).ShouldBe(ExitCode.Failed);
        Err.ShouldBe("LK1002: 'sample apply' did not end within 20 ms\nHINT: Give a longer --timeout, or none.\n");
    }

    [Fact]
    public async Task secrets_are_taken_out_of_text_json_errors_and_progress()
    {
        const string secret = "pa\"ss wörd";
        VerbHandler tellAll = (call, _) =>
        {
            call.Workspace.Redactor.Learn(secret);
            call.Workspace.Progress.Say($"using {secret}");
            return call.Yes
                ? throw new LockkeeperException(KernelErrors.ProgramFailed, $"refused {secret}", $"Not {secret}.") { Facts = [new ErrorFact("URL", secret)] }
                : Task.FromResult(Report.Of(new SampleData(secret, 1), () => SampleJson.Default.SampleData, [new Line(secret)]));
        };
        await RunAsync(tellAll, "sample", "apply", "12", "--env", "dev");
        await RunAsync(tellAll, "sample", "apply", "12", "--env", "dev", "--json");
        await RunAsync(tellAll, "sample", "apply", "12", "--env", "dev", "--yes");
        await RunAsync(tellAll, "sample", "apply", "12", "--env", "dev", "--yes", "--json");
        (Out + Err).ShouldNotContain("rd\"");
        (Out + Err).ShouldNotContain("ss w");
        Out.ShouldContain("\"outcome\": \"***\"");
        Err.ShouldContain("using ***\n");
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("--yes")]
    public async Task an_output_that_cannot_be_written_is_an_error(string option)
    {
        var full = new Output(_ => throw new IOException("No space left on device"));
        var exit = await new Session([SampleVerb.Of()], new Variables(variables), full, new Output(errors.Write), NoHttp).RunAsync(["sample", "apply", "12", "--env", "dev", option]);
        exit.ShouldBe((int)ExitCode.PartlyApplied);
        Err.ShouldStartWith("LK1005: the output cannot be written: No space left on device\n");
        (await new Session([SampleVerb.Of()], new Variables(variables), full, full, NoHttp).RunAsync(["sample", "apply", option])).ShouldBe((int)ExitCode.WrongUse);
    }

    [Fact]
    public async Task an_actor_can_be_named()
    {
        variables["LK_ACTOR"] = "ada";
        await RunAsync((call, _) => throw new LockkeeperException(KernelErrors.ApprovalNotAllowed, call.Workspace.Actor), "sample", "apply", "12", "--env", "dev");
        Err.ShouldBe("LK1502: ada\n");
    }

    private static readonly Func<Lockkeeper.Kernel.Http.IInboundHttp> NoHttp = () => throw new InvalidOperationException("no test of this class serves");

    private static readonly VerbHandler Done = SampleVerb.Of().Handler;

    private static readonly VerbHandler Crash = (_, _) => throw new InvalidOperationException("the cat sat on it");

    private static readonly VerbHandler Endless = async (_, cancel) =>
    {
        await Task.Delay(Timeout.Infinite, cancel);
        throw new InvalidOperationException();
    };

    private string Out => Encoding.UTF8.GetString(output.ToArray());

    private string Err => Encoding.UTF8.GetString(errors.ToArray());

    private static LockkeeperException Refused() => new(KernelErrors.WindowClosed, "the window is closed", "Come back on Monday.", new SourcePosition("lockkeeper.yaml", 3, 5))
    {
        Facts = [new ErrorFact("WINDOW", "mon-thu")],
    };

    private async Task<ExitCode> RunAsync(VerbHandler handler, params string[] arguments) =>
        (ExitCode)await new Session([SampleVerb.Of(handler: handler)], new Variables(variables), new Output(output.Write), new Output(errors.Write), NoHttp).RunAsync(arguments);

    private sealed class Variables(Dictionary<string, string> values) : IEnvironment
    {
        public string? Get(string name) => values.GetValueOrDefault(name);
    }
}
