namespace Lockkeeper.Observe.Exporting;

/// <summary>What reads one target; each engine has one.</summary>
internal interface ITargetMonitor : IAsyncDisposable
{
    /// <summary>Reads it. Never fails but by cancellation: what could not be read stands in the snapshot.</summary>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="cancel">Stops it.</param>
    Task<Snapshot> ScrapeAsync(TimeSpan deadline, CancellationToken cancel);

    /// <summary>The text of a statement by the label <c>queryid</c> of its series; null when it is not known.</summary>
    string? StatementText(string queryId);
}
