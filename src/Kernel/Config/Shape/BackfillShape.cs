namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>backfill</c> of a database.</summary>
internal static class BackfillShape
{
    private static readonly Key<TimeSpan> BatchTime = new("batch_time", Values.Duration("10s"), "How long a batch should take: its rows are as many as that allows.") { Default = "100ms", Example = "50ms" };

    private static readonly Key<int> MaxRows = new("max_rows", Values.Integer(1, 10_000_000), "The most rows that a batch looks at.") { Default = "50000", Example = "5000" };

    private static readonly Key<TimeSpan> Pause = new("pause", Values.Duration("1h"), "A pause after each batch; without it there is none.") { Example = "20ms" };

    private static readonly Key<TimeSpan> MaxLag = new("max_lag", Values.Duration("1d"), "How long a replica may be behind before batches wait for it.") { Default = "10s", Example = "2s" };

    private static readonly Key<int> MaxLagMegabytes = new("max_lag_mb", Values.Integer(1, 1_000_000), "How many megabytes of WAL a replica may be behind before batches wait for it.") { Default = "256", Example = "64" };

    private static readonly Key<int> MaxWaiting = new(
        "max_waiting", Values.Integer(0, 10_000), "How many sessions may wait for a batch; with more, batches get smaller and pause in between.") { Default = "2", Example = "0" };

    private static readonly Key<int> MaxWal = new("max_wal_mb", Values.Integer(1, 1_000_000), "How many megabytes of WAL the server may write a second before batches wait; without it, no limit.") { Example = "20" };

    private static readonly Key<double> MaxDead = new(
        "max_dead_ratio", Values.Number(0.01, 10), "How many dead rows the table may have for each live one before batches wait for vacuum; without it, no limit.") { Example = "0.3" };

    private static readonly Key<TimeSpan> LongestWait = new("longest_wait", Values.Duration("7d"), "How long batches may wait in one go before the backfill stops; the next run goes on with it.") { Default = "15m", Example = "2h" };

    public static RecordShape<BackfillConfig> Shape { get; } = new(
        "backfill", [BatchTime, MaxRows, Pause, MaxLag, MaxLagMegabytes, MaxWaiting, MaxWal, MaxDead, LongestWait],
        fields => new BackfillConfig
        {
            BatchTime = fields.Get(BatchTime),
            MaxRows = fields.Get(MaxRows),
            Pause = fields.NumberOrNull(Pause) ?? TimeSpan.Zero,
            MaxLag = fields.Get(MaxLag),
            MaxLagMegabytes = fields.Get(MaxLagMegabytes),
            MaxWaiting = fields.Get(MaxWaiting),
            MaxWalMegabytes = fields.NumberOrNull(MaxWal),
            MaxDeadRatio = fields.NumberOrNull(MaxDead),
            LongestWait = fields.Get(LongestWait),
        });
}
