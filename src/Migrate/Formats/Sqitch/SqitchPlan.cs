using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>A plan as its file has it.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Uri">The project's URI as written, or null.</param>
/// <param name="Changes">The changes in order.</param>
internal sealed record SqitchPlan(string Project, string? Uri, IReadOnlyList<SqitchChange> Changes);
