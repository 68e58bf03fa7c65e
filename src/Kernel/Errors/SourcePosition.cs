namespace Lockkeeper.Kernel.Errors;

/// <summary>A place in an input file.</summary>
/// <param name="File">Path as the user would type it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
public sealed record SourcePosition(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>, the form that editors open.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
