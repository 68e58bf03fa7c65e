using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Anomalies;

/// <summary>What is usual for a series at a time.</summary>
/// <param name="Median">The middle value.</param>
/// <param name="Spread">The median absolute deviation, as a standard deviation of a normal distribution; never smaller than what is taken for noise.</param>
/// <param name="Low">What it falls to at this time without anything being wrong: the median of the weeks' lowest values.</param>
/// <param name="High">What it rises to, likewise: a batch that runs each night at about this hour is not unusual.</param>
/// <param name="Weeks">In how many weeks before, at this hour of the week; 0 when it was compared with the day before.</param>
internal sealed record UsualRange(double Median, double Spread, double Low, double High, int Weeks)
{
    /// <summary>How many spreads a value is away.</summary>
    public double Strength(double value) => (value - Median) / Spread;
}

/// <summary>A rate that is not as it usually is.</summary>
/// <param name="Rate">Which.</param>
/// <param name="Labels">Of what, without the metric's name.</param>
/// <param name="Value">The rate now.</param>
/// <param name="Usual">What is usual at this time.</param>
/// <param name="Since">Since when.</param>
/// <param name="IsOlder">Whether it began before all that was looked at.</param>
internal sealed record Anomaly(WatchedRate Rate, LabelSet Labels, double Value, UsualRange Usual, DateTimeOffset Since, bool IsOlder)
{
    /// <summary>How many spreads it is away; negative when there is less than usual.</summary>
    public double Strength => Usual.Strength(Value);
}

/// <summary>The anomalies of a moment.</summary>
/// <param name="Found">The strongest, of each subject one.</param>
/// <param name="Weaker">How many more there are.</param>
/// <param name="Series">How many rates were compared: those that are above their floor, or may have fallen.</param>
/// <param name="Seasonal">How many of them with the same hour of earlier weeks; the others with the day before.</param>
internal sealed record AnomalyVerdict(IReadOnlyList<Anomaly> Found, int Weaker, int Series, int Seasonal);
