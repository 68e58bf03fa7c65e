using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Observe.Top;

/// <summary>What is shown.</summary>
internal enum TopView
{
    Sessions,
    Blocking,
    Queries,
    Replication,
    Pools,
}

/// <summary>By what sessions are sorted.</summary>
internal enum SessionOrder
{
    /// <summary>Those that wait first, then by the age of the transaction.</summary>
    Transaction,
    Statement,
    State,
    User,
    Database,
    Pid,
}

/// <summary>By what statements are sorted.</summary>
internal enum QueryOrder
{
    Load,
    Calls,
    Mean,
    Rows,
    Reads,
}

/// <summary>A text over the view, for example a whole statement.</summary>
internal sealed record TopDetail(string Title, IReadOnlyList<string> Lines, int Scroll = 0);

/// <summary>Whether a session shall be stopped, asked twice.</summary>
/// <param name="Kind">How.</param>
/// <param name="Session">The session as it was shown when the key was pressed: what is shown later may be another.</param>
/// <param name="IsSecond">Whether the first question was answered.</param>
internal sealed record TopQuestion(SignalKind Kind, TopSession Session, bool IsSecond = false);

/// <summary>All that the screen depends on.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Size">The size of the screen.</param>
/// <param name="Now">The moment.</param>
internal sealed record TopState(string Target, ScreenSize Size, DateTimeOffset Now)
{
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(2);

    public TopReading? Reading { get; init; }

    public TopView View { get; init; }

    public SessionOrder SessionOrder { get; init; }

    public QueryOrder QueryOrder { get; init; }

    public bool IsReversed { get; init; }

    public string Filter { get; init; } = "";

    public bool IsFiltering { get; init; }

    /// <summary>The key of the row that is selected: rows move, and a selection that stays where it was on the screen would be another's.</summary>
    public string? Selected { get; init; }

    public TopDetail? Detail { get; init; }

    public TopQuestion? Question { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>The last thing worth saying; empty for none.</summary>
    public string Notice { get; init; } = "";

    /// <summary>Why the last reading failed; empty when it did not.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>Who is recorded as having stopped a session.</summary>
    public string Actor { get; init; } = "";
}
