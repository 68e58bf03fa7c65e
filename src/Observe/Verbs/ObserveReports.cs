using System.Text.Json.Serialization;

namespace Lockkeeper.Observe.Verbs;

/// <summary>What <c>lk observe metrics</c> answers.</summary>
/// <param name="Targets">The targets that were read.</param>
internal sealed record MetricsReport(IReadOnlyList<TargetMetrics> Targets);

/// <summary>The metrics of a target.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Up">Whether it answers.</param>
/// <param name="Seconds">How long reading took.</param>
/// <param name="Samples">The values.</param>
internal sealed record TargetMetrics(string Target, bool Up, double Seconds, IEnumerable<MetricSample> Samples);

/// <summary>A value.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">The value; null when it is no number.</param>
internal sealed record MetricSample(string Metric, IReadOnlyDictionary<string, string> Labels, double? Value);

/// <summary>The JSON contracts of this duty's reports.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MetricsReport))]
[JsonSerializable(typeof(ServeReport))]
[JsonSerializable(typeof(AlertsReport))]
[JsonSerializable(typeof(RulesReport))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(SilencedReport))]
[JsonSerializable(typeof(TestedReport))]
[JsonSerializable(typeof(RunbookReport))]
[JsonSerializable(typeof(RegressionsReport))]
[JsonSerializable(typeof(TopReport))]
[JsonSerializable(typeof(AnomaliesReport))]
[JsonSerializable(typeof(HistoryReport))]
[JsonSerializable(typeof(FleetReport))]
[JsonSerializable(typeof(TargetsReport))]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(StatementReport))]
internal sealed partial class ObserveJson : JsonSerializerContext;
