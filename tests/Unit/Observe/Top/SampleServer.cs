using Lockkeeper.Kernel.Screens;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Tests.Unit.Observe.Top;

/// <summary>A server with a little of everything.</summary>
internal static class SampleServer
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    public static TopState State(int columns = 150, int rows = 16) => new("shop-prod", new ScreenSize(columns, rows), Now.AddSeconds(1)) { Reading = Reading, Actor = "anna" };

    public static TopReading Reading { get; } = new(Now)
    {
        Version = "15.20",
        StartedAt = Now.AddDays(-3).AddHours(-4),
        MaxConnections = 100,
        Sessions =
        [
            Session(4711, "app", "shop", "idle in transaction", 754) with { Application = "checkout", Statement = "UPDATE orders SET paid = true\nWHERE id = 7" },
            Session(4712, "app", "shop", "active", 12) with { Wait = "Lock:transactionid", Blockers = [4711], Statement = "UPDATE orders SET paid = false WHERE id = 7" },
            Session(4713, "größe", "shop", "active", 3) with { Wait = "Lock:tuple", Blockers = [4712, 4711], Statement = "DELETE FROM orders WHERE id = 7" },
            Session(99, "report", "warehouse", "active", 0.2) with { TransactionSeconds = 7_300, Wait = "IO:DataFileRead", Statement = "SELECT 漢字, count(*) FROM lines GROUP BY 1" },
            Session(5000, "app", "shop", "idle", 90_000) with { TransactionSeconds = null, Statement = "COMMIT" },
            new(77, Now.UtcDateTime) { Kind = "autovacuum worker", Database = "shop", State = "active", TransactionSeconds = 40, StatementSeconds = 40, Statement = "autovacuum: VACUUM public.orders" },
        ],
        Queries =
        [
            new(11, "shop", "app") { Text = "UPDATE orders SET paid = $1 WHERE id = $2", Calls = 240, CallsPerSecond = 120, Load = 1.5, MeanMilliseconds = 12.5, RowsPerCall = 1, BlocksReadPerSecond = 0 },
            new(12, "warehouse", "report") { Text = null, Calls = 1, CallsPerSecond = 0.5, Load = 0.9, MeanMilliseconds = 1_800, RowsPerCall = 123_456, BlocksReadPerSecond = 4_096 },
        ],
        Standbys = [new("n2", "10.0.0.2", "streaming", 3 << 20, 0.4, true), new("n3", "10.0.0.3", "catchup", 5L << 30, null, false)],
        Slots = [new("n2", "physical", true, 3 << 20, "reserved"), new("left_behind", "logical", false, 40L << 30, "extended")],
        Pools = [new("shop", "app", 20, 7, 20, 0, 3.5)],
    };

    public static TopSession Session(int pid, string user, string database, string state, double seconds) =>
        new(pid, Now.UtcDateTime.AddHours(-1)) { User = user, Database = database, State = state, TransactionSeconds = seconds, StatementSeconds = seconds, StatementAt = Now.UtcDateTime.AddSeconds(-seconds) };

    public static string Picture(TopState state) => string.Join('\n', TopFrame.Of(state).Select(line => (line.IsSelected ? ">" : " ") + line.ToString().TrimEnd())) + "\n";
}
