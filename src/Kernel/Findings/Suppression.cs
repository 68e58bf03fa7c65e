using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Findings;

/// <summary>A place where somebody says that a finding is all right, and why.</summary>
/// <param name="Rule">The rule's id as written.</param>
/// <param name="Reason">Why; empty when none is given.</param>
/// <param name="At">Where it is said.</param>
/// <param name="FirstLine">The first line that it holds for.</param>
/// <param name="LastLine">The last one.</param>
public sealed record Suppression(string Rule, string Reason, SourcePosition At, int FirstLine, int LastLine)
{
    /// <summary>Whether it covers a finding. One without a reason covers nothing.</summary>
    /// <param name="finding">The finding.</param>
    public bool Covers(Finding finding) =>
        Reason.Length > 0 && finding.Rule == Rule && finding.At is { } at && at.File == At.File && at.Line >= FirstLine && at.Line <= LastLine;
}
