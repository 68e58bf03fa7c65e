using Lockkeeper.Observe.Watching;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Watching;

public sealed class ClockJumpsTests
{
    [Fact]
    public void time_that_passes_is_no_jump()
    {
        var clock = new SetClock();
        var jumps = new ClockJumps(clock);
        clock.Pass(TimeSpan.FromDays(3));
        jumps.Look().ShouldBeNull();
        jumps.IsDoubtful.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void a_clock_that_is_set_is_noticed_and_doubted_for_an_hour(int direction)
    {
        var clock = new SetClock();
        var jumps = new ClockJumps(clock);
        clock.Pass(TimeSpan.FromSeconds(15));
        clock.Set(direction * TimeSpan.FromDays(365));
        jumps.Look().ShouldBe(direction * TimeSpan.FromDays(365));
        (jumps.Count, jumps.IsDoubtful).ShouldBe((1, true));
        clock.Pass(TimeSpan.FromSeconds(15));
        jumps.Look().ShouldBeNull("once is enough");
        clock.Pass(TimeSpan.FromHours(1));
        (jumps.Count, jumps.IsDoubtful).ShouldBe((1, false));
    }

    [Fact]
    public void small_corrections_are_what_clocks_do()
    {
        var clock = new SetClock();
        var jumps = new ClockJumps(clock);
        clock.Set(TimeSpan.FromSeconds(-30));
        jumps.Look().ShouldBeNull();
    }

    private sealed class SetClock : TimeProvider
    {
        private DateTimeOffset wall = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => (wall, ticks) = (wall + time, ticks + time.Ticks);

        public void Set(TimeSpan by) => wall += by;

        public override DateTimeOffset GetUtcNow() => wall;

        public override long GetTimestamp() => ticks;
    }
}
