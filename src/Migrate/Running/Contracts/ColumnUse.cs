namespace Lockkeeper.Migrate.Running.Contracts;

/// <summary>How a target's applications use a column, as the server's own statistics show it.</summary>
/// <param name="Unknown">Why nothing can be said; null when something can.</param>
/// <param name="Statements">The statements that name it, by their ids, with their calls since the statistics began.</param>
/// <param name="Sample">One of them, shortened; null without any.</param>
/// <param name="Since">When the statistics began; null when the server does not say.</param>
/// <param name="Evicted">How many times the server threw statements out; null when it does not say.</param>
/// <param name="Remarks">What cannot be seen, one phrase each.</param>
internal sealed record ColumnUse(string? Unknown, IReadOnlyDictionary<string, long> Statements, string? Sample, DateTimeOffset? Since, long? Evicted, IReadOnlyList<string> Remarks);
