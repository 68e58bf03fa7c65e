namespace Lockkeeper.Observe.Verbs;

/// <summary>What <c>lk observe serve</c> answers.</summary>
/// <param name="Targets">How many targets it has watched.</param>
internal sealed record ServeReport(int Targets);

/// <summary>What <c>lk observe alerts list</c> answers.</summary>
/// <param name="EvaluatedAt">When the rules were last evaluated.</param>
/// <param name="Alerts">Firing and pending ones, then those of the past when they were asked for.</param>
/// <param name="Silences">Times in which some are not sent.</param>
internal sealed record AlertsReport(DateTimeOffset? EvaluatedAt, IReadOnlyList<AlertReport> Alerts, IReadOnlyList<SilenceReport> Silences);

/// <summary>An alert.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>.</param>
/// <param name="Phase"><c>pending</c>, <c>firing</c> or <c>resolved</c>.</param>
/// <param name="Target">The target.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Labels">All labels.</param>
/// <param name="Value">The value of the condition; null when it is no number.</param>
/// <param name="Since">Since when the condition holds.</param>
/// <param name="ResolvedAt">When it ended.</param>
/// <param name="Silenced">Whether it is not sent.</param>
internal sealed record AlertReport(
    string Rule, string Severity, string Phase, string Target, string Summary, IReadOnlyDictionary<string, string> Labels, double? Value, DateTimeOffset Since, DateTimeOffset? ResolvedAt, bool Silenced);

/// <summary>A silence.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Matchers">Which alerts.</param>
/// <param name="Until">When it ends.</param>
/// <param name="By">Who said so.</param>
/// <param name="Reason">Why.</param>
internal sealed record SilenceReport(string Id, IReadOnlyDictionary<string, string> Matchers, DateTimeOffset Until, string By, string Reason);

/// <summary>What <c>lk observe alerts rules</c> answers.</summary>
/// <param name="Rules">The rules that hold.</param>
internal sealed record RulesReport(IReadOnlyList<RuleReport> Rules);

/// <summary>An alert rule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Group">What it is about.</param>
/// <param name="Severity"><c>warning</c> or <c>critical</c>.</param>
/// <param name="Condition">The condition in PromQL.</param>
/// <param name="Threshold">The threshold; null when there is none.</param>
/// <param name="Unit">The unit of the threshold.</param>
/// <param name="ForSeconds">How long the condition must hold.</param>
/// <param name="Meaning">What it means.</param>
internal sealed record RuleReport(string Name, string Group, string Severity, string Condition, double? Threshold, string Unit, double ForSeconds, string Meaning);

/// <summary>What <c>lk observe alerts export</c> and <c>lk observe dashboards export</c> answer.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="Files">The files.</param>
internal sealed record ExportReport(string Folder, IReadOnlyList<string> Files);

/// <summary>What <c>lk observe alerts silence</c> answers.</summary>
/// <param name="Silence">The silence.</param>
/// <param name="Ended">Whether it was ended.</param>
internal sealed record SilencedReport(string Silence, bool Ended);

/// <summary>What <c>lk observe alerts test</c> answers.</summary>
/// <param name="Receiver">The receiver that took the message.</param>
internal sealed record TestedReport(string Receiver);

/// <summary>What <c>lk observe runbook</c> answers.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Meaning">What is the case when the alert fires.</param>
/// <param name="Impact">What users notice.</param>
/// <param name="Diagnosis">The questions, with the server's answers where it was asked.</param>
/// <param name="Mitigation">What to do.</param>
internal sealed record RunbookReport(string Rule, string Meaning, string Impact, IReadOnlyList<DiagnosisReport> Diagnosis, IReadOnlyList<string> Mitigation);

/// <summary>One question of a diagnosis.</summary>
/// <param name="Question">The question.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Columns">The columns of the answer; null when it was not asked.</param>
/// <param name="Rows">The rows of the answer.</param>
/// <param name="Error">Why there is no answer.</param>
internal sealed record DiagnosisReport(string Question, string Sql, IReadOnlyList<string>? Columns, IReadOnlyList<IReadOnlyList<string?>>? Rows, string? Error);
