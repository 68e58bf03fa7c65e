using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class OnAllCoresTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1000)]
    public void each_number_is_taken_once(int count)
    {
        var taken = new int[count];
        OnAllCores.For(count, index => Interlocked.Increment(ref taken[index]), TestContext.Current.CancellationToken);
        taken.ShouldAllBe(times => times == 1);
    }

    [Fact]
    public void the_error_is_that_of_the_first_item_as_a_loop_would_give_it()
    {
        for (var round = 0; round < 50; round++)
        {
            Should.Throw<InvalidOperationException>(() => OnAllCores.For(
                1000, index => { if (index % 100 == 7) throw new InvalidOperationException($"{index}"); }, CancellationToken.None)).Message.ShouldBe("7");
        }
    }

    [Fact]
    public void it_ends_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => OnAllCores.For(100_000, index => { if (index == 5) source.Cancel(); }, source.Token));
    }
}
