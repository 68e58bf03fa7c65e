namespace Lockkeeper.Kernel.Reports;

/// <summary>Counts things in words.</summary>
public static class Plural
{
    /// <summary>A number with its noun: <c>1 step</c>, <c>2 steps</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="noun">One of them; a regular noun.</param>
    public static string Of(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
