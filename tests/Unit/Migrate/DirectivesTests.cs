using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class DirectivesTests
{
    [Theory]
    [InlineData("-- lk: no-transaction\nSELECT 1;")]
    [InlineData("\n  \n-- what it is for\n  -- lk:  no-transaction  \nSELECT 1;")]
    [InlineData("--lk:no-transaction\n")]
    [InlineData("-- LK: no-transaction\n")]
    public void no_transaction_is_found_in_the_head_of_a_file(string text) => Directives.Read(text, "a.sql").ShouldBe(new Directives(true, null));

    [Theory]
    [InlineData("-- lk: timeout 30s", 30_000)]
    [InlineData("-- lk: timeout 500ms\n-- lk: timeout 2m", 120_000)]
    public void a_timeout_is_a_duration(string text, int milliseconds) => Directives.Read(text, "a.sql").Timeout.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("SELECT 1;\n-- lk: no-transaction")]
    [InlineData("/* -- lk: no-transaction */ SELECT 1;")]
    [InlineData("-- talk: no-transaction")]
    public void nothing_else_is_a_directive(string text) => Directives.Read(text, "a.sql").ShouldBe(new Directives(false, null));

    [Theory]
    [InlineData("-- lk: no-transactions")]
    [InlineData("-- lk: timeout")]
    [InlineData("-- lk: timeout soon")]
    [InlineData("-- lk: timeout 0s")]
    [InlineData("-- lk: timeout 30")]
    [InlineData("-- lk:")]
    public void what_is_not_understood_is_refused_with_its_place(string text)
    {
        var refused = Should.Throw<LockkeeperException>(() => Directives.Read("-- head\n " + text + "\nSELECT 1;", "a.sql"));
        refused.Code.ShouldBe(MigrateErrors.BadDirective);
        refused.At.ShouldBe(new SourcePosition("a.sql", 2, 2));
        refused.Hint!.ShouldContain("no-transaction");
    }
}
