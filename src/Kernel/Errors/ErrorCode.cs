namespace Lockkeeper.Kernel.Errors;

/// <summary>One numbered error. Numbers are never reused; ranges: 1000 Kernel, 2000 PostgreSQL, 3000 Migrate.</summary>
/// <param name="Number">The number, four digits.</param>
/// <param name="Meaning">What the error means in one plain sentence; the line of docs/reference/errors.md.</param>
/// <param name="Exit">The exit code of a verb that ends with this error.</param>
public sealed record ErrorCode(int Number, string Meaning, ExitCode Exit = ExitCode.Failed)
{
    /// <summary>The code as people see it, for example <c>LK1101</c>.</summary>
    public string Id => $"LK{Number:0000}";
}
