namespace Lockkeeper.Kernel.Config;

/// <summary>How backfills go through a database.</summary>
public sealed record BackfillConfig
{
    /// <summary>How long a batch should take. Default 100 ms.</summary>
    public TimeSpan BatchTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The most rows that a batch looks at. Default 50,000.</summary>
    public int MaxRows { get; init; } = 50_000;

    /// <summary>The pause after each batch. Default none.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>How far a replica may be behind in time before batches wait. Default 10 s.</summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many megabytes of WAL a replica may be behind before batches wait. Default 256.</summary>
    public int MaxLagMegabytes { get; init; } = 256;

    /// <summary>How many sessions may wait for a batch before the next ones get smaller and pause. Default 2.</summary>
    public int MaxWaiting { get; init; } = 2;

    /// <summary>How many megabytes of WAL the server may write a second before batches wait; null for no limit.</summary>
    public int? MaxWalMegabytes { get; init; }

    /// <summary>What share of the table's rows may be dead before batches wait for vacuum; null for no limit.</summary>
    public double? MaxDeadRatio { get; init; }

    /// <summary>How long batches may wait in one go before the backfill stops. Default 15 min.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);
}
