namespace Lockkeeper.Migrate.Verbs;

/// <summary>What lint answers.</summary>
/// <param name="Files">How many migrations were looked at.</param>
/// <param name="Errors">How many findings are errors.</param>
/// <param name="Warnings">How many are warnings.</param>
/// <param name="Infos">How many are good to know.</param>
/// <param name="Findings">The findings, by file and place.</param>
/// <param name="Suppressed">What the files allow, with their reasons.</param>
/// <param name="NotChecked">What could not be looked at, in words.</param>
/// <param name="Rules">The rules that found something, allowed or not, or all of them for <c>--rules</c>.</param>
internal sealed record LintReport(
    int Files, int Errors, int Warnings, int Infos, IReadOnlyList<LintFinding> Findings, IReadOnlyList<SuppressedLintFinding> Suppressed, IReadOnlyList<string> NotChecked, IReadOnlyList<RuleReport> Rules);

/// <summary>A finding of a rule in a file.</summary>
/// <param name="Database">The database whose migration it is.</param>
/// <param name="Migration">The migration's id.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Severity">error, warning or info.</param>
/// <param name="Message">A lower-case sentence.</param>
/// <param name="File">The file as a path from the project's folder.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
/// <param name="Source">The line itself.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Subject">The table that it is about, or null.</param>
internal sealed record LintFinding(
    string Database, string Migration, string Rule, string Severity, string Message, string File, int Line, int Column, string Source, string? Hint, string? Subject);

/// <summary>A finding that its file allows.</summary>
internal sealed record SuppressedLintFinding(string Rule, string Message, string File, int Line, string Reason);

/// <summary>A rule.</summary>
internal sealed record RuleReport(string Id, string Title, string Severity, string Set, string Since, string Why, string Fix, IReadOnlyList<string> Peers);
