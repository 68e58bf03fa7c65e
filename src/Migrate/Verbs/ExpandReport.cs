namespace Lockkeeper.Migrate.Verbs;

/// <summary>What expand answers.</summary>
internal sealed record ExpandReport(bool DryRun, string Database, IReadOnlyList<ExpandedFile> Files, IReadOnlyList<string> Remarks);

/// <summary>A file that was written, or would be.</summary>
internal sealed record ExpandedFile(string File, string Text);
