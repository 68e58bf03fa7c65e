namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>What a table holds, apart from its definition.</summary>
/// <param name="Rows">A hash of its rows: the same for the same rows, in whatever order they and the columns stand.</param>
/// <param name="Columns">Its columns as they stand in it.</param>
internal sealed record TableContent(string Rows, IReadOnlyList<string> Columns);
