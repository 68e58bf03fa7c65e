namespace Lockkeeper.Kernel.Ledger;

/// <summary>What an entry records, to be written; the store adds the number and the hashes.</summary>
/// <param name="Kind">What happened, for example <c>run.started</c>, <c>step.applied</c>, <c>gate.passed</c>, <c>approval.granted</c>.</param>
/// <param name="Run">The run that it belongs to.</param>
/// <param name="Environment">The environment, or null.</param>
/// <param name="Database">The database's name in the configuration, or null.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Body">The evidence as a JSON object, secrets taken out.</param>
public sealed record LedgerFact(string Kind, string Run, string? Environment, string? Database, string Actor, string Body);

/// <summary>One entry of the ledger.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">When, UTC, to the millisecond.</param>
/// <param name="Fact">What happened.</param>
/// <param name="PreviousHash">The hash of the entry before; 64 zeros for the first.</param>
/// <param name="Hash">SHA-256 of this entry with <paramref name="PreviousHash"/>, lower-case hex.</param>
public sealed record LedgerEntry(long Number, DateTimeOffset At, LedgerFact Fact, string PreviousHash, string Hash);
