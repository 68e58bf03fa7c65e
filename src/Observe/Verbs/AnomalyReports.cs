namespace Lockkeeper.Observe.Verbs;

/// <summary>What <c>lk observe anomalies</c> answers.</summary>
/// <param name="At">The moment.</param>
/// <param name="Compared">How many rates were compared with what is usual.</param>
/// <param name="Seasonal">How many of them with the same hour of earlier weeks; the others with the day before.</param>
/// <param name="Anomalies">The strongest.</param>
/// <param name="Weaker">How many more there are.</param>
internal sealed record AnomaliesReport(DateTimeOffset At, int Compared, int Seasonal, IReadOnlyList<AnomalyReport> Anomalies, int Weaker);

/// <summary>A rate that is not as it usually is.</summary>
/// <param name="Text">One sentence.</param>
/// <param name="Target">The target.</param>
/// <param name="Subject"><c>database</c>, <c>table</c> or <c>statement</c>.</param>
/// <param name="Metric">The counter.</param>
/// <param name="Labels">Of what.</param>
/// <param name="What">What is counted.</param>
/// <param name="Value">The rate now.</param>
/// <param name="Usual">The median at this time.</param>
/// <param name="Spread">The spread around it.</param>
/// <param name="Strength">How many spreads it is away; negative when there is less than usual.</param>
/// <param name="Weeks">In how many weeks it was compared with this hour; 0 when with the day before.</param>
/// <param name="Since">Since when.</param>
/// <param name="Run">The run that came just before; null for none.</param>
internal sealed record AnomalyReport(
    string Text, string Target, string Subject, string Metric, IReadOnlyDictionary<string, string> Labels, string What, double Value, double Usual, double Spread, double Strength, int Weeks, DateTimeOffset Since, string? Run);
