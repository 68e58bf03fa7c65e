namespace Lockkeeper.Migrate.Expand;

/// <summary>The migration of one phase.</summary>
/// <param name="Slug">Its name, words joined by underscores.</param>
/// <param name="Up">The script that applies it.</param>
/// <param name="Down">The script that undoes it.</param>
internal sealed record PhaseFile(string Slug, string Up, string Down);

/// <summary>The phases of an expand and contract, in order.</summary>
/// <param name="Files">A migration for each.</param>
/// <param name="Remarks">What somebody who uses them has to know, one sentence each.</param>
internal sealed record PhasePlan(IReadOnlyList<PhaseFile> Files, IReadOnlyList<string> Remarks);
