namespace Lockkeeper.Observe.Verbs;

/// <summary>What <c>lk observe history</c> answers.</summary>
/// <param name="Target">The target.</param>
/// <param name="From">The first moment of every chart.</param>
/// <param name="To">The last.</param>
/// <param name="StepSeconds">Their distance.</param>
/// <param name="Charts">The charts.</param>
/// <param name="Marks">Runs in that time that may have changed the target.</param>
internal sealed record HistoryReport(string Target, DateTimeOffset From, DateTimeOffset To, long StepSeconds, IReadOnlyList<ChartReport> Charts, IReadOnlyList<MarkReport> Marks);

/// <summary>A chart.</summary>
/// <param name="Row">What it stands under.</param>
/// <param name="Title">Its title.</param>
/// <param name="Help">What to look for in it.</param>
/// <param name="Unit"><c>number</c>, <c>per_second</c>, <c>seconds</c>, <c>bytes</c>, <c>bytes_per_second</c> or <c>ratio</c>.</param>
/// <param name="Stacked">Whether the lines stand on one another.</param>
/// <param name="Lines">The largest ones.</param>
internal sealed record ChartReport(string Row, string Title, string Help, string Unit, bool Stacked, IReadOnlyList<ChartLineReport> Lines);

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Labels">The labels of its series.</param>
/// <param name="Values">A value for each moment; null where there is none.</param>
internal sealed record ChartLineReport(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double?> Values);

/// <summary>A run that may have changed a target.</summary>
/// <param name="At">When it began.</param>
/// <param name="Run">Its id.</param>
/// <param name="Title">What it was.</param>
/// <param name="Actor">Who called it.</param>
internal sealed record MarkReport(DateTimeOffset At, string Run, string Title, string Actor);

/// <summary>What <c>lk observe inspect</c> answers.</summary>
/// <param name="Target">The target.</param>
/// <param name="About">What was looked at.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, as the server writes the values; null for none.</param>
/// <param name="Missing">Why there are none; empty when the question was answered.</param>
internal sealed record InspectReport(string Target, string About, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, string Missing);

/// <summary>What <c>lk observe statement</c> answers.</summary>
/// <param name="Target">The target.</param>
/// <param name="Id">Its id in pg_stat_statements.</param>
/// <param name="Text">Its text, passwords masked.</param>
/// <param name="Database">Its database.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Calls">How often it was called.</param>
/// <param name="TotalSeconds">How long it took in all.</param>
/// <param name="MeanMilliseconds">How long it takes.</param>
/// <param name="Plan">Its plan, or why there is none; it was not executed.</param>
internal sealed record StatementReport(string Target, long Id, string Text, string Database, string User, double Calls, double TotalSeconds, double MeanMilliseconds, IReadOnlyList<string> Plan);

/// <summary>What <c>lk observe targets</c> answers.</summary>
/// <param name="Targets">The targets, by name.</param>
internal sealed record TargetsReport(IReadOnlyList<TargetReport> Targets);

/// <summary>Something that is observed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Engine"><c>postgres</c>, <c>pgbouncer</c> or <c>pgbackrest</c>.</param>
/// <param name="Environment">Its environment; null for none.</param>
/// <param name="AllDatabases">Whether all databases of the server are looked at.</param>
internal sealed record TargetReport(string Name, string Engine, string? Environment, bool AllDatabases);

/// <summary>What <c>lk observe fleet</c> answers.</summary>
/// <param name="Targets">The servers and the backups of clusters, by name.</param>
internal sealed record FleetReport(IReadOnlyList<FleetTargetReport> Targets);

/// <summary>What was last seen of a target; null for what was not.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Environment">Its environment; null for none.</param>
/// <param name="Up">Whether it answered.</param>
/// <param name="Role"><c>primary</c> or <c>standby</c>.</param>
/// <param name="SizeBytes">The size of the databases that are looked into.</param>
/// <param name="LagSeconds">How far a standby is behind.</param>
/// <param name="BackupAgeSeconds">The age of the newest backup, of the target <c>backup://CLUSTER</c>.</param>
/// <param name="DrillAgeSeconds">Since when no restore was tried.</param>
/// <param name="DrillPassed">Whether the one that was tried last worked.</param>
internal sealed record FleetTargetReport(
    string Target, string? Environment, bool? Up, string? Role, double? SizeBytes, double? LagSeconds, double? BackupAgeSeconds, double? DrillAgeSeconds, bool? DrillPassed);
