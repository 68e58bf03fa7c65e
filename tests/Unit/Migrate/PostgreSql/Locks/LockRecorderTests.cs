using Lockkeeper.Migrate.PostgreSql.Locks;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Locks;

/// <summary>What becomes of the looks at a migration's locks.</summary>
public sealed class LockRecorderTests
{
    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static LockSample Holding(params (string, string)[] held) => new() { Held = held };

    private static StalledSession Stalled(int pid, int waited) => new(pid, Ms(waited), "app", "", "SELECT 1");

    [Fact]
    public void a_lock_is_held_from_the_look_that_shows_it_to_the_end_of_its_transaction()
    {
        var recorder = new LockRecorder();
        recorder.Add(Holding(), Ms(100));
        recorder.Add(Holding(("orders", "ShareLock")), Ms(200));
        recorder.Add(Holding(("orders", "ShareLock"), ("orders", "AccessExclusiveLock")), Ms(300));
        recorder.EndTransaction(Ms(350));
        recorder.Record().Words().ShouldBe("held ACCESS EXCLUSIVE on orders for 150 ms");
    }

    [Fact]
    public void a_lock_that_was_given_back_in_between_counts_only_where_it_was_seen()
    {
        var recorder = new LockRecorder();
        foreach (var (at, holds) in new[] { (100, true), (200, true), (300, false), (400, true), (500, true) })
            recorder.Add(holds ? Holding(("orders", "ShareLock")) : Holding(), Ms(at));
        recorder.Record().Held.Single().For.ShouldBe(Ms(200));
    }

    [Fact]
    public void what_only_the_end_shows_was_held_at_most_since_the_look_before()
    {
        var recorder = new LockRecorder();
        recorder.AddEnd(new LocksAtEnd([("orders", "AccessExclusiveLock")], Ms(12)));
        recorder.Record().Words().ShouldBe("held ACCESS EXCLUSIVE on orders for at most 12 ms");
    }

    [Fact]
    public void a_new_try_has_given_back_what_the_last_one_held_and_keeps_who_waited()
    {
        var recorder = new LockRecorder();
        recorder.Add(Holding(("orders", "AccessExclusiveLock")) with { Waiting = 7, Stalled = [Stalled(1, 90), Stalled(2, 10)] }, Ms(100));
        recorder.Miss(1, "too many waited");
        recorder.BeginTry();
        recorder.Add(Holding() with { Waiting = 2, Stalled = [Stalled(3, 40)] }, Ms(100));
        recorder.Record().Words().ShouldBe("at most 7 sessions waited, longest 90 ms; 1 try missed");
        recorder.Record().Waiting.Count.ShouldBe(2);
    }

    [Fact]
    public void it_takes_bounded_room()
    {
        var recorder = new LockRecorder();
        recorder.Add(Holding([.. Enumerable.Range(0, 500).Select(i => ($"t{i}", "ShareLock"))]), Ms(100));
        for (var i = 1; i <= 500; i++)
            recorder.Miss(i, "missed");
        recorder.Record().Held.Count.ShouldBe(50);
        recorder.Record().Missed.Count.ShouldBe(20);
        recorder.Record().Missed[^1].Try.ShouldBe(500);
    }

    [Fact]
    public void nothing_seen_says_nothing() => new LockRecorder().Record().IsEmpty.ShouldBeTrue();
}
