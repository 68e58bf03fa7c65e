using Lockkeeper.Kernel.Ledger;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Ledger;

public sealed class HashChainTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
    private static readonly LedgerFact Fact = new("run.started", "r1", "dev", "shop", "ada", """{"a":1}""");

    /// <summary>A ledger written by an older version must stay verifiable: this value never changes. It was computed by another program.</summary>
    [Fact]
    public void the_hash_of_an_entry_is_the_same_in_every_version() =>
        HashChain.Link(Fact, At, null).Hash.ShouldBe("16816e91730bec1ab67269371806c84225c4f1e92a8018ef85b0c78d7b8c0395");

    [Fact]
    public void the_first_entry_follows_the_origin()
    {
        var entry = HashChain.Link(Fact, At, null);
        entry.Number.ShouldBe(1);
        entry.PreviousHash.ShouldBe(new string('0', 64));
    }

    [Fact]
    public void an_entry_is_linked_to_the_one_before()
    {
        var first = HashChain.Link(Fact, At, null);
        var second = HashChain.Link(Fact, At, (first.Number, first.Hash));
        second.Number.ShouldBe(2);
        second.PreviousHash.ShouldBe(first.Hash);
        second.Hash.ShouldNotBe(first.Hash);
    }

    [Fact]
    public void text_that_moves_from_one_field_to_the_next_changes_the_hash() =>
        HashChain.Link(Fact with { Kind = "ab", Run = "c" }, At, null).Hash.ShouldNotBe(HashChain.Link(Fact with { Kind = "a", Run = "bc" }, At, null).Hash);

    [Fact]
    public void a_missing_environment_is_not_an_empty_one() =>
        HashChain.Link(Fact with { Environment = null }, At, null).Hash.ShouldNotBe(HashChain.Link(Fact with { Environment = "" }, At, null).Hash);

    [Fact]
    public void time_counts_to_the_millisecond() =>
        HashChain.Link(Fact, At.AddTicks(9), null).ShouldBe(HashChain.Link(Fact, At, null));
}
