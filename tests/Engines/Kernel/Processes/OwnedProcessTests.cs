using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Processes;

public sealed class OwnedProcessTests
{
    [Fact]
    public async Task it_answers_line_by_line_and_ends_when_it_is_disposed()
    {
        int pid;
        await using (var process = Start("while read -r line; do echo \"got $line\"; done"))
        {
            pid = process.Id;
            foreach (var word in new[] { "one", "two" })
            {
                await process.WriteLineAsync(word, CancellationToken.None);
                (await process.ReadLineAsync(CancellationToken.None)).ShouldBe($"got {word}");
            }
        }

        await ProcessState.GoneAsync(pid);
    }

    [Fact]
    public async Task another_child_does_not_keep_its_input_open()
    {
        await using var other = Start("cat");
        await using var process = Start("while read -r line; do :; done; echo the end");
        await using var later = Start("cat");
        var disposal = process.DisposeAsync().AsTask();
        await disposal.WaitAsync(TimeSpan.FromMinutes(1));
        ProcessState.IsAlive(other.Id).ShouldBeTrue();
        ProcessState.IsAlive(later.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task one_that_ignores_its_end_is_killed()
    {
        var process = Start("sleep 1000", TimeSpan.FromMilliseconds(200));
        var pid = process.Id;
        await process.DisposeAsync();
        await ProcessState.GoneAsync(pid);
    }

    [Fact]
    public async Task the_end_of_its_output_is_told()
    {
        await using var process = Start("echo last words >&2; exit 4");
        (await process.ReadLineAsync(CancellationToken.None)).ShouldBeNull();
        await process.WaitAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => process.Errors == "last words");
    }

    [Fact]
    public void a_missing_program_is_a_numbered_error() =>
        Should.Throw<LockkeeperException>(() => OwnedProcess.Start(new ProcessSpec("lk-no-such-program"), new Redactor())).Code.ShouldBe(KernelErrors.ProgramMissing);

    private static OwnedProcess Start(string script, TimeSpan? limit = null) =>
        OwnedProcess.Start(new ProcessSpec("/bin/sh", "-c", script), new Redactor(), limit);
}
