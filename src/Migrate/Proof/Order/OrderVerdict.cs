using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>What two orders came to.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Words">What differs, or why neither was tried.</param>
/// <param name="NotCompared">What was not compared.</param>
/// <param name="At">Where one failed; null when none did.</param>
internal sealed record OrderVerdict(OrderOutcome Outcome, IReadOnlyList<string> Words, IReadOnlyList<string> NotCompared, SourcePosition? At);
