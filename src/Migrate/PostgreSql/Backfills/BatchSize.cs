namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Finds how many rows a batch may look at, so that it takes about as long as it should.</summary>
/// <param name="target">How long a batch should take.</param>
/// <param name="most">The most rows of a batch.</param>
internal sealed class BatchSize(TimeSpan target, int most)
{
    /// <summary>The fewest: below it a batch costs more by itself than by its rows.</summary>
    public const int Fewest = 50;

    /// <summary>What nobody knows anything of begins small.</summary>
    private const int First = 1_000;

    /// <summary>The rows of the next batch.</summary>
    public int Rows { get; private set; } = Math.Min(First, most);

    /// <summary>The time after which the server gives a batch up: its rows are then far more work than those before, and whoever waits for one has waited long enough.</summary>
    public TimeSpan Limit { get; private set; } = 10 * target;

    /// <summary>Until the first batch that took long enough sizes double; from then on they grow slowly, since whoever waits for a row waits for a batch that turned out too large.</summary>
    private const double FirstGrowth = 2, LaterGrowth = 1.2;

    private double growth = FirstGrowth;

    private int Least => Math.Min(Fewest, most);

    /// <summary>Learns from a batch. One that was smaller than it might have been, the last one, says little.</summary>
    public void Took(TimeSpan time, int rows)
    {
        Limit = 10 * target;
        if (rows < Rows)
            return;
        if (time > target / 2)
            growth = LaterGrowth;
        var factor = Math.Clamp(target / (time > TimeSpan.Zero ? time : TimeSpan.FromMilliseconds(0.1)), 0.25, growth);
        Rows = Math.Clamp((int)(Rows * factor), Least, most);
    }

    /// <summary>A batch was given up: for its time, or for rows that somebody else has locked.</summary>
    /// <param name="forTime">Whether it was its time: where no smaller one is possible, the next may take longer.</param>
    public void GaveUp(bool forTime)
    {
        if (forTime && Rows <= Least)
            Limit *= 2;
        Rows = Math.Max(Least, Rows / 4);
    }

    /// <summary>Others have to wait for it: the next one shall be shorter.</summary>
    public void HeldOthers() => Rows = Math.Max(Least, Rows / 2);
}
