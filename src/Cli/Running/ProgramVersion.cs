namespace Lockkeeper.Cli.Running;

/// <summary>The version of the program.</summary>
internal static class ProgramVersion
{
    /// <summary>The answer of <c>lk --version</c>.</summary>
    public static string Line => $"lk {typeof(ProgramVersion).Assembly.GetName().Version?.ToString(3)}\n";
}
