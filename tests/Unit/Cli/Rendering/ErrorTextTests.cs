using Lockkeeper.Cli.Rendering;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Cli.Rendering;

public sealed class ErrorTextTests
{
    [Fact]
    public void an_error_has_place_facts_hint_and_the_other_errors_of_the_same_input()
    {
        var error = new LockkeeperException(
            KernelErrors.ProgramFailed, "'psql' ended with exit code 3", "Run it by hand.", new SourcePosition("migrations/0002_note.up.sql", 4, 12))
        {
            Facts = [new ErrorFact("DETAIL", "first line\nsecond line"), new ErrorFact("STATEMENT", "ALTER TABLE orders")],
            Others = [new LockkeeperException(KernelErrors.ConfigBadValue, "another one", at: new SourcePosition("lockkeeper.yaml", 1, 1))],
        };
        ErrorText.Of(error, Terminal.None, new Redactor()).ShouldBe(
            """
            LK1301: 'psql' ended with exit code 3
              at migrations/0002_note.up.sql:4:12
              DETAIL: first line
                  second line
              STATEMENT: ALTER TABLE orders
            HINT: Run it by hand.
            LK1103: another one
              at lockkeeper.yaml:1:1

            """);
    }

    [Fact]
    public void a_plain_error_is_one_line() =>
        ErrorText.Of(new LockkeeperException(KernelErrors.Cancelled, "cancelled"), Terminal.None, new Redactor()).ShouldBe("LK1001: cancelled\n");
}
