using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server;
using Lockkeeper.Server.Access;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class SignInLimitTests
{
    private readonly SetClock clock = new();

    [Fact]
    public void a_name_is_locked_after_five_failures_and_free_again_when_the_first_is_forgotten()
    {
        var limit = new SignInLimit(clock);
        for (var i = 0; i < SignInLimit.MostByName; i++)
        {
            limit.Check("ada", $"192.0.2.{i}");
            limit.Failed("ada", $"192.0.2.{i}");
        }

        var error = Should.Throw<LockkeeperException>(() => limit.Check("ada", "198.51.100.1"));
        error.Code.ShouldBe(ServerErrors.TooManyTries);
        error.Hint!.ShouldContain("15 min");
        limit.Check("bob", "198.51.100.1");
        clock.Now += SignInLimit.Memory;
        limit.Check("ada", "198.51.100.1");
    }

    [Fact]
    public void an_address_that_tries_many_names_is_locked_too()
    {
        var limit = new SignInLimit(clock);
        for (var i = 0; i < SignInLimit.MostByAddress; i++)
            limit.Failed($"name{i}", "192.0.2.7");
        Should.Throw<LockkeeperException>(() => limit.Check("ada", "192.0.2.7"));
        limit.Check("ada", "192.0.2.8");
    }

    [Fact]
    public void who_signs_in_begins_anew()
    {
        var limit = new SignInLimit(clock);
        for (var i = 0; i < SignInLimit.MostByName - 1; i++)
            limit.Failed("ada", "192.0.2.1");
        limit.Succeeded("ada");
        limit.Failed("ada", "192.0.2.1");
        limit.Check("ada", "192.0.2.1");
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
