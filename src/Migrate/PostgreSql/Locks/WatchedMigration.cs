namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>One migration whose locks are watched, over all its tries.</summary>
/// <param name="Tries">Its tries.</param>
/// <param name="Recorder">What was seen.</param>
/// <param name="Termination">Ends who is in the way; null to end nobody.</param>
/// <param name="News">Tells who is in the way.</param>
internal sealed record WatchedMigration(LockTries Tries, LockRecorder Recorder, BlockerTermination? Termination, BlockingNews News)
{
    /// <summary>Begins to look at a try.</summary>
    public void Start(LockWatch watch, int backend, DateTime? transaction, TimeSpan lockTimeout) => watch.Start(backend, transaction, lockTimeout, _ => Recorder, Termination, News);
}
