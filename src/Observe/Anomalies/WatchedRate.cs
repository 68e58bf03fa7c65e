namespace Lockkeeper.Observe.Anomalies;

/// <summary>A rate that is compared with what is usual.</summary>
/// <param name="Metric">The counter.</param>
/// <param name="Subject">What a series of it stands for: <c>database</c>, <c>table</c>, <c>statement</c>.</param>
/// <param name="What">What is counted, as it ends a sentence: <c>commits a second</c>.</param>
/// <param name="Floor">What a difference must be at least; below it nobody cares, however unusual it is.</param>
internal sealed record WatchedRate(string Metric, string Subject, string What, double Floor)
{
    /// <summary>Whether too little is unusual as well as too much.</summary>
    public bool FallsToo { get; init; }

    /// <summary>The counter that it is divided by, for what one of it costs; null for a rate per second.</summary>
    public string? Per { get; init; }

    /// <summary>Of <see cref="Per"/>, how many at least: the mean of a few says nothing.</summary>
    public double LeastOfPer { get; init; }
}
