namespace Lockkeeper.Observe.Verbs;

/// <summary>What <c>lk observe regressions</c> answers.</summary>
/// <param name="Run">The deploy's run.</param>
/// <param name="Actor">Who deployed.</param>
/// <param name="DeployedAt">When it ended.</param>
/// <param name="Seconds">How long ago that was, or how long until the next deploy.</param>
/// <param name="Statements">How many statements were executed since.</param>
/// <param name="Evictions">How many times statements were thrown out of pg_stat_statements in between.</param>
/// <param name="Changes">What has changed in the structure, and can make statements slower.</param>
/// <param name="Regressions">The statements that have become slower, the one that cost most in excess first.</param>
internal sealed record RegressionsReport(string Run, string Actor, DateTimeOffset DeployedAt, double Seconds, int Statements, long Evictions, IReadOnlyList<string> Changes, IReadOnlyList<RegressionReport> Regressions);

/// <summary>A statement that has become slower.</summary>
/// <param name="Statement">Its text, constants left out.</param>
/// <param name="User">Who executes it.</param>
/// <param name="BeforeMs">Milliseconds a call before.</param>
/// <param name="AfterMs">Milliseconds a call since.</param>
/// <param name="TimeRatio">How many times as long a call takes.</param>
/// <param name="BlocksRatio">How many times as many blocks a call touches.</param>
/// <param name="RowsRatio">How many times as many rows a call gives.</param>
/// <param name="Calls">Calls since.</param>
/// <param name="ExcessSeconds">Time that has been spent in excess.</param>
/// <param name="Mechanism">How it became slower.</param>
/// <param name="Why">The change in words.</param>
/// <param name="File">The migration's file; null when none is known.</param>
/// <param name="Line">The line in it.</param>
/// <param name="By">The migration's statement.</param>
/// <param name="Confidence"><c>low</c>, <c>medium</c> or <c>high</c>.</param>
internal sealed record RegressionReport(
    string Statement, string User, double BeforeMs, double AfterMs, double TimeRatio, double BlocksRatio, double RowsRatio, long Calls, double ExcessSeconds, string Mechanism, string Why, string? File, int? Line, string? By, string Confidence);
