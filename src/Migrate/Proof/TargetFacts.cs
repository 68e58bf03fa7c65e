namespace Lockkeeper.Migrate.Proof;

/// <summary>What a target says of its size and traffic at one moment.</summary>
/// <param name="Sizes">Bytes by relation, as it keeps count of them itself.</param>
/// <param name="Traffic">What its users do to which relation.</param>
/// <param name="Open">The transactions that are open now and hold a lock on a relation.</param>
/// <param name="Source">Where the traffic comes from, in words.</param>
/// <param name="NotChecked">What could not be read, one sentence each.</param>
internal sealed record TargetFacts(
    IReadOnlyDictionary<string, RelationSize> Sizes, IReadOnlyList<Traffic> Traffic, IReadOnlyList<OpenTransaction> Open, string Source, IReadOnlyList<string> NotChecked);

/// <summary>The size of a relation.</summary>
internal sealed record RelationSize(long Bytes, long Rows);

/// <summary>One kind of statement that users send.</summary>
/// <param name="Relation">The relation that it works on.</param>
/// <param name="Writes">Whether it writes there.</param>
/// <param name="PerSecond">How often it is sent.</param>
/// <param name="MeanMs">Its mean time; 0 when not known.</param>
/// <param name="DeviationMs">The standard deviation of it.</param>
internal sealed record Traffic(string Relation, bool Writes, double PerSecond, double MeanMs, double DeviationMs);

/// <summary>An open transaction's hold on a relation.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Blocks">What its lock keeps others from.</param>
/// <param name="Writes">Whether it writes there.</param>
/// <param name="Seconds">For how long the transaction has been open; null when it may not be known.</param>
internal sealed record OpenTransaction(string Relation, Blocked Blocks, bool Writes, double? Seconds);

/// <summary>How fast this machine's shadow works through rows, as measured on it.</summary>
/// <param name="ScanBytesPerMs">Reading a table.</param>
/// <param name="RewriteBytesPerMs">Writing a table and its index anew.</param>
internal sealed record WorkRates(double ScanBytesPerMs, double RewriteBytesPerMs);
