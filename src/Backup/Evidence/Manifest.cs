using Lockkeeper.Backup.Wal;

namespace Lockkeeper.Backup.Evidence;

/// <summary>What the tables held at one place of the log, which a restored copy must hold there too.</summary>
/// <param name="Set">The set that it was made after.</param>
/// <param name="RestorePoint">The name of the place.</param>
/// <param name="At">The place.</param>
/// <param name="Moment">When that was, by the server's clock.</param>
/// <param name="Tables">The tables.</param>
/// <param name="NotCounted">Tables that are not in it, with the reason.</param>
internal sealed record Manifest(string Set, string RestorePoint, Lsn At, DateTimeOffset Moment, IReadOnlyList<TableEvidence> Tables, IReadOnlyList<string> NotCounted);

/// <summary>What a table held.</summary>
/// <param name="Database">Its database.</param>
/// <param name="Name">Its schema and name, quoted where they need it.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Hash">The sum of the hashes of its rows, which their order does not change.</param>
/// <param name="Percent">The share of its blocks whose rows were hashed, in percent; 100 for all.</param>
internal sealed record TableEvidence(string Database, string Name, long Rows, string Hash, double Percent);
