using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.History;

/// <summary>The port for proofs that two migrations give the same schema in either order.</summary>
internal interface IOrderProofs
{
    /// <summary>No proofs at all.</summary>
    static IOrderProofs None { get; } = new NoProofs();

    /// <summary>Whether a late migration is proven to commute with every one of those that are applied and should have come after it.</summary>
    bool Commutes(Migration late, IReadOnlyList<HistoryRow> newer);

    private sealed class NoProofs : IOrderProofs
    {
        public bool Commutes(Migration late, IReadOnlyList<HistoryRow> newer) => false;
    }
}
