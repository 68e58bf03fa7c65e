using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PostgreSql.Locks;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Locks;

public sealed class BlockingOfTests
{
    private static readonly DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void each_stands_below_those_that_it_waits_for()
    {
        var reader = Session(10, "idle in transaction", "AccessShareLock");
        var other = Session(20, "active", null);
        var tree = BlockingOf.Sample(new LockSample
        {
            Wanted = "orders", Query = "ALTER TABLE orders ADD COLUMN a int", Blockers = [other, reader], Ahead = [(2, reader), (3, Session(5, "idle in transaction", null))],
            Waiting = 7, Stalled = [new StalledSession(30, TimeSpan.FromSeconds(2), "app", "", "SELECT 1")],
        }, 99, now, now.AddSeconds(-4));
        Words(tree).ShouldBe(
        [
            "0 5 app (web): idle in transaction", "1 10 app (web): idle in transaction, has ACCESS SHARE on orders", "2 20 app (web): active, waiting for orders before us", "3 99 this run: waits for orders",
            "4 30 app: waits behind it",
        ]);
        (tree.Waiting, tree.At, tree.Sessions[3].Since, tree.Sessions[1].Since).ShouldBe((7, now, now.AddSeconds(-4), now.AddSeconds(-60)));
    }

    [Fact]
    public void what_waits_behind_a_run_that_waits_for_nobody_is_shown_too() =>
        Words(BlockingOf.Sample(new LockSample { Stalled = [new StalledSession(30, TimeSpan.Zero, "app", "", "")], Waiting = 1 }, 99, now, now)).ShouldBe(["0 99 this run: has what others wait for", "1 30 app: waits behind it"]);

    [Fact]
    public void what_has_to_end_before_a_run_asks_for_its_locks_stands_before_it() =>
        Words(BlockingOf.Obstacles([new Obstacle(Session(10, "idle in transaction", "RowShareLock"), "orders"), new Obstacle(Session(0, "", null), null)], now, now)).ShouldBe(
        [
            "0 10 app (web): idle in transaction, has ROW SHARE on orders", "0 0 the prepared transaction 'web' of app: has a snapshot", "1 0 this run: waits before it asks for any lock",
        ]);

    [Fact]
    public void what_follows_a_word_for_a_secret_is_not_shown() =>
        BlockingOf.Sample(new LockSample { Wanted = "orders", Blockers = [Session(10, "active", null) with { Query = "ALTER ROLE app PASSWORD 'hush'" }] }, 99, now, now).Sessions[0].Query.ShouldBe("ALTER ROLE app PASSWORD …");

    private static string[] Words(BlockedRun tree) => [.. tree.Sessions.Select(session => $"{session.Depth} {session.Pid} {session.Who}: {session.What}")];

    private static Blocker Session(int pid, string state, string? holds) => new(pid, null, "app", "web", state, "client backend", "SELECT 1", TimeSpan.FromMinutes(1), holds);
}
