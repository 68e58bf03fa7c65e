using Lockkeeper.Kernel.Config;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class DurationsTests
{
    [Fact]
    public void a_number_with_a_unit_is_a_duration()
    {
        Durations.TryParse("1.5s", out var span).ShouldBeTrue();
        span.ShouldBe(TimeSpan.FromMilliseconds(1500));
    }
}
