namespace Lockkeeper.Migrate.Lint;

/// <summary>Two branches since the commit where they parted; full paths.</summary>
/// <param name="Root">The root of the working tree.</param>
/// <param name="Own">What this one did.</param>
/// <param name="Others">What the other one added or changed.</param>
internal sealed record GitFork(string Root, GitChanges Own, IReadOnlySet<string> Others);
