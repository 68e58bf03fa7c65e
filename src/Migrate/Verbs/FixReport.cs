namespace Lockkeeper.Migrate.Verbs;

/// <summary>What fix answers.</summary>
/// <param name="Written">Whether the files were changed.</param>
/// <param name="Files">The files with findings.</param>
/// <param name="Proofs">What the server showed, a database each.</param>
/// <param name="NotChecked">What was not checked, in words.</param>
internal sealed record FixReport(bool Written, IReadOnlyList<FixedFileReport> Files, IReadOnlyList<FixProofReport> Proofs, IReadOnlyList<string> NotChecked);

/// <summary>A file that was looked at.</summary>
/// <param name="Database">The database whose migration it is.</param>
/// <param name="Migration">The migration's id.</param>
/// <param name="File">The file.</param>
/// <param name="Done">What was done, a phrase each.</param>
/// <param name="Diff">The change as a unified diff; null when there is none.</param>
/// <param name="Left">What cannot be made safe here, and why.</param>
/// <param name="Later">Statements for a later release.</param>
/// <param name="Remaining">What lint finds in the fixed file.</param>
internal sealed record FixedFileReport(
    string Database, string Migration, string File, IReadOnlyList<string> Done, string? Diff, IReadOnlyList<FindingReport> Left, IReadOnlyList<string> Later, IReadOnlyList<FindingReport> Remaining);

/// <summary>What the server showed of a database's fixed files.</summary>
/// <param name="Database">The database.</param>
/// <param name="Shadow">What they ran on.</param>
/// <param name="SameSchema">Whether old and fixed files make the same schema.</param>
/// <param name="Differences">How it differs.</param>
/// <param name="Files">Each file: what it did to others before and after.</param>
internal sealed record FixProofReport(string Database, string Shadow, bool SameSchema, IReadOnlyList<string> Differences, IReadOnlyList<FixVerdictReport> Files);

/// <summary>What a file did to others before and after its fix.</summary>
internal sealed record FixVerdictReport(string Migration, string Before, string After, string? Error);
