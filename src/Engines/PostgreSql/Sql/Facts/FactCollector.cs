namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Gathers the facts of one statement.</summary>
internal sealed class FactCollector
{
    private readonly List<Held> locks = [];
    private readonly List<string> losses = [];
    private readonly List<string> creates = [];

    public string? CannotRunInTransaction { get; set; }

    public bool ControlsTransaction { get; set; }

    public bool ChangesSession { get; set; }

    public bool ScansOrRewrites { get; set; }

    public ConcurrentIndex? ConcurrentIndex { get; set; }

    public PartitionDetach? PartitionDetach { get; set; }

    public SharedObject? SharedObject { get; set; }

    /// <summary>A lock on a relation; of several on the same one the strongest stays.</summary>
    public void Lock(LockMode mode, string relation)
    {
        var known = locks.FindIndex(held => held.Relation == relation);
        if (known < 0)
            locks.Add(new Held(relation, mode));
        else if (locks[known].Mode < mode)
            locks[known] = new Held(relation, mode);
    }

    /// <summary>A lock on the relation of a RangeVar, if there is one.</summary>
    public void Lock(LockMode mode, TreeNode? rangeVar)
    {
        if (rangeVar is { } node)
            Lock(mode, node.Relation());
    }

    public void Lose(string what)
    {
        if (!losses.Contains(what, StringComparer.Ordinal))
            losses.Add(what);
    }

    /// <summary>A new relation, if there is one.</summary>
    public void Create(TreeNode? rangeVar)
    {
        if (rangeVar is { } node)
            creates.Add(node.Relation());
    }

    /// <summary>Hands over what was gathered for an inner statement: its locks, and when it also runs, its effects.</summary>
    public void CopyTo(FactCollector outer, bool withEffects)
    {
        foreach (var (relation, mode) in locks)
            outer.Lock(mode, relation);
        if (!withEffects)
            return;
        losses.ForEach(outer.Lose);
        outer.ScansOrRewrites |= ScansOrRewrites;
        outer.ChangesSession |= ChangesSession;
    }

    public StatementFacts Facts(string command) => new()
    {
        Command = command,
        CannotRunInTransaction = CannotRunInTransaction,
        ControlsTransaction = ControlsTransaction,
        ChangesSession = ChangesSession,
        Locks = [.. locks.Select(held => new LockFact(held.Mode.Words(), held.Relation))],
        Losses = losses,
        Creates = creates,
        ScansOrRewrites = ScansOrRewrites,
        ConcurrentIndex = ConcurrentIndex,
        PartitionDetach = PartitionDetach,
        SharedObject = SharedObject,
    };

    /// <summary>A class: the runtime comes with code for lists of those, and would compile it for a list of structs at each start.</summary>
    private sealed record Held(string Relation, LockMode Mode);
}
