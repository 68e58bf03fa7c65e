namespace Lockkeeper.Migrate.Verbs;

/// <summary>What prove answers.</summary>
internal sealed record ProveReport(string? Environment, IReadOnlyList<ProvedDatabase> Databases);

/// <summary>One database's proof.</summary>
internal sealed record ProvedDatabase(
    string Database, string? Target, string Shadow, string Artifact, IReadOnlyList<ProvedMigration> Migrations, string? Traffic, IReadOnlyList<string> NotChecked, IReadOnlyList<FindingReport> Findings,
    IReadOnlyList<ProvedOrder> Orders)
{
    /// <summary>What the release does to the statements of applications; null when none was asked about.</summary>
    public ProvedQueries? Queries { get; init; }
}

/// <summary>A late migration, tried before and after those that stand after it and are there already: free, column_order, differs or not_tried.</summary>
internal sealed record ProvedOrder(string Late, IReadOnlyList<string> Newer, string Outcome, bool Free, IReadOnlyList<string> Words, IReadOnlyList<string> NotCompared);

/// <summary>One migration that was tried.</summary>
internal sealed record ProvedMigration(string Id, string Title, string File, bool InTransaction, string Verdict, IReadOnlyList<ProvedStatement> Statements, string? Error,
    ProvedWayBack WayBack, ProvedForecast? Forecast);

/// <summary>One statement, or several of the same kind in a row.</summary>
internal sealed record ProvedStatement(
    int Number, int Count, string Command, string Sql, string At, double ShadowMs, string Verdict, IReadOnlyList<ProvedLock> Locks, IReadOnlyList<string> Rewrites, IReadOnlyList<string> Scans,
    IReadOnlyList<ProvedIndex> Indexes, IReadOnlyList<ProvedConstraint> Constraints, IReadOnlyList<string> Triggers)
{
    /// <summary>Whether a real run takes it in batches; on the shadow it ran as one statement.</summary>
    public bool InBatches { get; init; }
}

/// <summary>A lock on a relation that was there before the migration.</summary>
internal sealed record ProvedLock(string Relation, string Mode, IReadOnlyList<string> Blocks);

/// <summary>An index that was built.</summary>
internal sealed record ProvedIndex(string Name, string Table, bool Valid);

/// <summary>A constraint that was made or checked.</summary>
internal sealed record ProvedConstraint(string Name, string Table, bool Validated);

/// <summary>What is known of a way back: none, proven, broken or not_tried.</summary>
internal sealed record ProvedWayBack(string State, string? Error, IReadOnlyList<string> Differences, IReadOnlyList<string> Losses, IReadOnlyList<ProvedPartialWayBack> Partial);

/// <summary>The way back after the first statements of a migration without a transaction.</summary>
internal sealed record ProvedPartialWayBack(int Done, int Of, bool Proven, string? Error, IReadOnlyList<string> Differences);

/// <summary>What is expected of the target.</summary>
internal sealed record ProvedForecast(double ExpectedMs, IReadOnlyList<ProvedLockForecast> Locks);

/// <summary>What is expected of a lock; null is not known.</summary>
internal sealed record ProvedLockForecast(int Statement, string Relation, string Mode, double HoldMs, double? BlockedPerSecond, double? Chance);

/// <summary>What forecast-error answers.</summary>
/// <param name="Migrations">Forecasts beside what came, oldest first.</param>
/// <param name="MedianRatio">The median of actual to forecast; null when there is none.</param>
/// <param name="WithinTwofold">The share that took between half and twice the forecast.</param>
internal sealed record ForecastErrorReport(IReadOnlyList<ForecastErrorRow> Migrations, double? MedianRatio, double? WithinTwofold);

/// <summary>One migration's forecast.</summary>
internal sealed record ForecastErrorRow(string Environment, string Database, string Id, double ForecastMs, double ActualMs, double Ratio, DateTimeOffset At, IReadOnlyList<ForecastHoldRow> Holds);

/// <summary>The forecast of a lock beside what was seen of it.</summary>
internal sealed record ForecastHoldRow(string Relation, string Mode, double ForecastMs, double ActualMs, bool AtMost);
