namespace Lockkeeper.Kernel.Plans;

/// <summary>A change of one target, before it runs: everything that a person must know to say yes.</summary>
/// <param name="Title">What it is about, a lower-case phrase.</param>
/// <param name="Environment">The environment's name.</param>
/// <param name="Database">The database's name in the configuration.</param>
/// <param name="Steps">What will be done, in order.</param>
public sealed record Plan(string Title, string Environment, string Database, IReadOnlyList<Step> Steps)
{
    /// <summary>SHA-256 over target and steps: an approval is for this hash and no other.</summary>
    public string Hash { get; } = PlanHash.Of(Environment, Database, Steps);
}

/// <summary>One step of a plan.</summary>
/// <param name="Id">Unique in the plan, for example the migration's version.</param>
/// <param name="Words">What it does, a lower-case phrase.</param>
/// <param name="Script">The exact SQL or command.</param>
/// <param name="Undo">The way back.</param>
/// <param name="Impact">What it costs while it runs and what it may lose.</param>
public sealed record Step(string Id, string Words, string Script, Undo Undo, Impact Impact);

/// <summary>How a step can be undone.</summary>
public enum UndoKind
{
    /// <summary>There is no way back.</summary>
    None,

    /// <summary>A script that the author wrote; nobody has shown that it works.</summary>
    Written,

    /// <summary>A script that was run and whose result was compared.</summary>
    Proven,
}

/// <summary>The way back from a step.</summary>
/// <param name="Kind">Whether there is one and what it is worth.</param>
/// <param name="Script">The exact SQL or command; null for none.</param>
public sealed record Undo(UndoKind Kind, string? Script)
{
    /// <summary>No way back.</summary>
    public static Undo None { get; } = new(UndoKind.None, null);
}

/// <summary>How dangerous a step is.</summary>
public enum Risk
{
    /// <summary>Nothing that runs beside it notices.</summary>
    Low,

    /// <summary>Something that runs beside it may wait.</summary>
    Medium,

    /// <summary>It blocks readers or writers while it works through data, or it destroys data.</summary>
    High,
}

/// <summary>What a step costs.</summary>
/// <param name="Risk">How dangerous it is.</param>
/// <param name="Locks">Locks it takes, for example <c>ACCESS EXCLUSIVE on public.orders</c>.</param>
/// <param name="Losses">What it destroys, for example <c>column public.orders.note</c>; empty for nothing.</param>
public sealed record Impact(Risk Risk, IReadOnlyList<string> Locks, IReadOnlyList<string> Losses)
{
    /// <summary>A step without cost.</summary>
    public static Impact None { get; } = new(Risk.Low, [], []);
}
