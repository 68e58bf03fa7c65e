namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>Words the difference of two plans.</summary>
internal static class PlanChange
{
    private const int MostShown = 3;

    /// <summary>For example <c>Index Scan using orders_placed on orders → Seq Scan on orders</c>: only what the two do not share.</summary>
    public static string Words(QueryPlan before, QueryPlan after)
    {
        var (gone, come) = (Without(before.Nodes, after.Nodes), Without(after.Nodes, before.Nodes));
        return gone.Count + come.Count == 0 ? "the same steps in another order" : $"{Side(gone)} → {Side(come)}";
    }

    private static string Side(List<string> nodes) =>
        nodes.Count == 0 ? "nothing" : string.Join(", ", nodes.Take(MostShown)) + (nodes.Count > MostShown ? $" and {nodes.Count - MostShown} more" : "");

    private static List<string> Without(IEnumerable<string> nodes, IEnumerable<string> others)
    {
        var left = nodes.ToList();
        foreach (var other in others)
            left.Remove(other);
        return left;
    }
}
