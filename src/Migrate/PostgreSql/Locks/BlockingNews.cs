using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Tells those who look at a run who is in the way of a migration and who waits behind it: when somebody comes or goes, and again while it stays so.</summary>
/// <param name="stamp">The run.</param>
/// <param name="progress">Hears of it.</param>
/// <param name="clock">The clock.</param>
internal sealed class BlockingNews(RunStamp stamp, IProgressSink progress, TimeProvider clock)
{
    /// <summary>Who looks sees that it is still so.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private readonly string target = $"{stamp.Environment}/{stamp.Series}";
    private DateTimeOffset? since;
    private string told = "";
    private long toldAt;

    /// <summary>Adds a look at the migration's locks.</summary>
    public void Add(LockSample sample, int backend)
    {
        if (sample.Blockers.Count > 0 || sample.Stalled.Count > 0)
            Tell(BlockingOf.Sample(sample, backend, clock.GetUtcNow(), since ??= clock.GetUtcNow()));
        else if (sample.Wanted is null)
            End();
    }

    /// <summary>Adds what has to end before the migration asks for its locks; nothing when nothing has to.</summary>
    public void Add(IReadOnlyList<Obstacle> obstacles)
    {
        if (obstacles.Count > 0)
            Tell(BlockingOf.Obstacles(obstacles, clock.GetUtcNow(), since ??= clock.GetUtcNow()));
        else
            End();
    }

    /// <summary>Nobody is in the way any more.</summary>
    public void End()
    {
        since = null;
        if (told.Length == 0)
            return;
        told = "";
        progress.Blocked(target, null);
    }

    private void Tell(BlockedRun now)
    {
        var who = string.Join('\n', now.Sessions.Select(session => $"{session.Pid} {session.What}")) + now.Waiting;
        if (who == told && clock.GetElapsedTime(toldAt) < Again)
            return;
        (told, toldAt) = (who, clock.GetTimestamp());
        progress.Blocked(target, now);
    }
}
