namespace Lockkeeper.Provision.Differences;

/// <summary>A cluster held against its declaration.</summary>
/// <param name="Server">The server in words: <c>PostgreSQL 15.13 at host:port</c>.</param>
/// <param name="All">Every difference, in the order in which they are corrected.</param>
/// <param name="NotChecked">What could not be looked at and why, one sentence each.</param>
internal sealed record Comparison(string Server, IReadOnlyList<Difference> All, IReadOnlyList<string> NotChecked)
{
    /// <summary>Those that a run corrects.</summary>
    public IReadOnlyList<Difference> Corrected { get; } = [.. All.Where(difference => difference.Remedy is not null)];

    /// <summary>Those that are only reported.</summary>
    public IReadOnlyList<Difference> Kept { get; } = [.. All.Where(difference => difference.Remedy is null)];
}
