namespace Lockkeeper.Observe.Top;

/// <summary>How a session is stopped.</summary>
internal enum SignalKind
{
    /// <summary>Its statement is cancelled; the session stays.</summary>
    Cancel,

    /// <summary>The session is ended, and its transaction rolled back.</summary>
    Terminate,
}

/// <summary>What became of it.</summary>
internal enum SignalOutcome
{
    /// <summary>The server has told the session.</summary>
    Sent,

    /// <summary>The session, or its statement, had ended by itself.</summary>
    Gone,
}

/// <summary>A statement with where it belongs.</summary>
internal sealed record StatementToExplain(string Text, long QueryId, string Database, string User);

/// <summary>The server that is looked at; each engine has one. Calls come one at a time.</summary>
internal interface ITopSource : IAsyncDisposable
{
    /// <summary>Reads it.</summary>
    Task<TopReading> ReadAsync(CancellationToken cancel);

    /// <summary>The locks that a session holds and waits for, a line each.</summary>
    Task<IReadOnlyList<string>> LocksAsync(TopSession session, CancellationToken cancel);

    /// <summary>The plan of a statement, which is not executed; or why there is none.</summary>
    Task<IReadOnlyList<string>> ExplainAsync(StatementToExplain statement, CancellationToken cancel);

    /// <summary>Stops a session, if it is still the one that was shown and, to cancel, still at the statement that was shown.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">The server refuses.</exception>
    Task<SignalOutcome> SignalAsync(SignalKind kind, TopSession session, CancellationToken cancel);
}
