using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Processes;

public sealed class ProcessRunnerTests
{
    private readonly Redactor redactor = new();

    [Fact]
    public async Task output_errors_and_exit_code_come_back()
    {
        var result = await RunAsync(Shell("echo out; echo err >&2; exit 3"));
        result.ExitCode.ShouldBe(3);
        result.Succeeded.ShouldBeFalse();
        result.Output.ShouldBe("out");
        result.Lines.Single(line => line.IsError).Text.ShouldBe("err");
    }

    [Fact]
    public async Task the_time_limit_kills_the_whole_tree()
    {
        using var folder = new TestFolder();
        var result = await RunAsync(Shell($"sh -c 'echo $$ > {folder["pid"]}.new; mv {folder["pid"]}.new {folder["pid"]}; sleep 1000' & wait") with { Timeout = TimeSpan.FromSeconds(2) });
        result.TimedOut.ShouldBeTrue();
        result.Succeeded.ShouldBeFalse();
        await ProcessState.GoneAsync(int.Parse(await File.ReadAllTextAsync(folder["pid"])));
    }

    [Fact]
    public async Task cancelling_kills_the_whole_tree()
    {
        using var folder = new TestFolder();
        using var cancel = new CancellationTokenSource();
        var running = new ProcessRunner(redactor, TimeProvider.System).RunAsync(
            Shell("sh -c 'echo $$; sleep 1000' & wait") with { OnLine = line => File.WriteAllText(folder["pid"], line.Text), Timeout = TimeSpan.FromMinutes(1) }, cancel.Token);
        await Eventually.TrueAsync(() => File.Exists(folder["pid"]) && new FileInfo(folder["pid"]).Length > 0);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await ProcessState.GoneAsync(int.Parse(await File.ReadAllTextAsync(folder["pid"])));
    }

    [Fact]
    public async Task secrets_are_taken_out_of_what_a_program_writes()
    {
        redactor.Learn("s3cret-word");
        var result = await RunAsync(Shell("echo the s3cret-word; echo s3cret-word >&2"));
        result.AllOutput.ShouldNotContain("s3cret-word");
        result.Output.ShouldBe("the ***");
    }

    [Fact]
    public async Task of_a_large_output_the_end_is_kept()
    {
        var result = await RunAsync(Shell("i=0; while [ $i -lt 50000 ]; do echo line $i; i=$((i + 1)); done") with { KeepLines = 10 });
        result.Lines.Count.ShouldBe(10);
        result.Lines[^1].Text.ShouldBe("line 49999");
    }

    [Fact]
    public async Task a_missing_program_is_a_numbered_error()
    {
        var error = await Should.ThrowAsync<LockkeeperException>(() => RunAsync(new ProcessSpec("lk-no-such-program")));
        error.Code.ShouldBe(KernelErrors.ProgramMissing);
        error.Message.ShouldContain("lk-no-such-program");
        error.Hint.ShouldNotBeNull();
    }

    [Fact]
    public async Task input_is_handed_over_and_ended()
    {
        var result = await RunAsync(new ProcessSpec("cat") { Input = "first\nsecond" });
        result.Output.ShouldBe("first\nsecond");
    }

    [Fact]
    public async Task a_program_without_input_sees_its_end() => (await RunAsync(new ProcessSpec("cat"))).Succeeded.ShouldBeTrue();

    [Fact]
    public async Task a_program_that_does_not_read_a_large_input_is_no_error() =>
        (await RunAsync(Shell("exit 0") with { Input = new string('x', 1_000_000) })).Succeeded.ShouldBeTrue();

    [Fact]
    public async Task the_time_limit_also_ends_a_program_that_does_not_read_its_input()
    {
        var result = await RunAsync(Shell("sleep 1000") with { Input = new string('x', 1_000_000), Timeout = TimeSpan.FromSeconds(1) });
        result.TimedOut.ShouldBeTrue();
    }

    [Fact]
    public async Task a_grandchild_in_the_background_does_not_hold_the_answer_up()
    {
        using var folder = new TestFolder();
        var result = await RunAsync(Shell($"sleep 1000 & echo $! > {folder["pid"]}; echo done"));
        result.Output.ShouldBe("done");
        await RunAsync(Shell($"kill $(cat {folder["pid"]})"));
    }

    [Fact]
    public async Task an_argument_is_not_read_by_a_shell() =>
        (await RunAsync(new ProcessSpec("printf", "%s", "$(whoami) 'quoted' \"double\" *"))).Output.ShouldBe("$(whoami) 'quoted' \"double\" *");

    [Fact]
    public async Task a_variable_can_be_set_and_removed()
    {
        var spec = Shell("echo ${LK_TEST_SET-none} ${HOME-none}") with { Environment = new Dictionary<string, string?> { ["LK_TEST_SET"] = "yes", ["HOME"] = null } };
        (await RunAsync(spec)).Output.ShouldBe("yes none");
    }

    private static ProcessSpec Shell(string script) => new("/bin/sh", "-c", script);

    private Task<ProcessResult> RunAsync(ProcessSpec spec) =>
        new ProcessRunner(redactor, TimeProvider.System).RunAsync(spec.Timeout is null ? spec with { Timeout = TimeSpan.FromMinutes(2) } : spec, CancellationToken.None);
}
