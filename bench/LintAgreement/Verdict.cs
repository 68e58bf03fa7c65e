namespace Lockkeeper.LintAgreement;

/// <summary>What one linter says of a place.</summary>
/// <param name="File">The file's path in the folder of the run.</param>
/// <param name="Line">The line from 1.</param>
/// <param name="Column">The column from 1.</param>
/// <param name="Rule">The rule by the linter's own id.</param>
internal sealed record Verdict(string File, int Line, int Column, string Rule);
