using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate forecast-error</c>.</summary>
internal static class ForecastError
{
    private static readonly Parameter Environment = StandardParameters.Environment with { Required = false, Help = "Only this environment" };

    public static Verb Declare() => new()
    {
        Path = "migrate forecast-error",
        Summary = "show how far the forecasts of prove were from what came",
        Details = "Puts each forecast of 'lk migrate prove' in the ledger beside the run that applied the migration after it. The time of a run has its waiting for locks in it.",
        Effect = VerbEffect.Reads,
        Parameters = [Environment],
        Examples = [new VerbExample("lk migrate forecast-error --env prod", "shows forecast and actual time of each migration in prod")],
        ReportType = () => MigrateJson.Default.ForecastErrorReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var pairs = await Calibration.ReadAsync(call.Workspace.Ledger, call.Text(Environment), cancel);
        var ratios = pairs.Select(pair => pair.Ratio).Order().ToList();
        double? median = ratios.Count == 0 ? null : Math.Round((ratios[(ratios.Count - 1) / 2] + ratios[ratios.Count / 2]) / 2, 2);
        double? within = ratios.Count == 0 ? null : Math.Round(ratios.Count(ratio => ratio is >= 0.5 and <= 2) / (double)ratios.Count, 3);
        var data = new ForecastErrorReport([.. pairs.Select(pair => new ForecastErrorRow(pair.Environment, pair.Database, pair.Id, pair.ForecastMs, pair.ActualMs, Math.Round(pair.Ratio, 2), pair.At,
            [.. pair.Holds.Select(hold => new ForecastHoldRow(hold.Relation, hold.Mode, hold.ForecastMs, hold.ActualMs, hold.AtMost))]))], median, within);
        return Report.Of(data, () => MigrateJson.Default.ForecastErrorReport, [.. Text(data)]);
    }

    private static IEnumerable<Block> Text(ForecastErrorReport report)
    {
        if (report.MedianRatio is not { } median)
        {
            yield return new Line("no migration was applied after a forecast yet");
            yield break;
        }

        yield return new Table(["environment", "database", "migration", "forecast", "actual", "ratio"], [.. report.Migrations.Select(IReadOnlyList<Cell> (row) =>
            [row.Environment, row.Database, row.Id, Words(row.ForecastMs), Words(row.ActualMs), $"{row.Ratio:0.##}"])]);
        foreach (var (row, hold) in report.Migrations.SelectMany(row => row.Holds.Select(hold => (row, hold))))
            yield return new Line($"{row.Id} held {hold.Mode} on {hold.Relation} for {(hold.AtMost ? "at most " : "")}{Words(hold.ActualMs)}; forecast {Words(hold.ForecastMs)}", Tone.Muted, 1);
        yield return new Line($"median of actual to forecast {median:0.##}; {report.WithinTwofold:0%} of {Plural.Of(report.Migrations.Count, "migration")} took between half and twice the forecast", Tone.Strong);
    }

    private static string Words(double milliseconds) => Durations.Words(TimeSpan.FromMilliseconds(milliseconds));
}
