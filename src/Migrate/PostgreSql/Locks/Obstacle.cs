namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Somebody who is in the way of a migration and will be for a while.</summary>
/// <param name="Blocker">Who.</param>
/// <param name="Relation">The relation that it has locked; null when only its snapshot is in the way.</param>
internal sealed record Obstacle(Blocker Blocker, string? Relation)
{
    /// <summary>Who it is, for telling two looks apart.</summary>
    public string Who => $"{Blocker.Pid} {Blocker.Started:O} {(Blocker.Pid == 0 ? Blocker.Application : "")}";

    /// <summary>What it is.</summary>
    public string Reason => Blocker switch
    {
        { Pid: 0 } => "a prepared transaction",
        { PreventsWraparound: true } => "autovacuum that prevents wraparound",
        _ => Relation is null ? "an old snapshot" : "a long transaction",
    };

    /// <summary>What to do.</summary>
    public string Hint => Blocker switch
    {
        { Pid: 0 } => "End it with COMMIT PREPARED or ROLLBACK PREPARED when nobody will, and run the command again.",
        { PreventsWraparound: true } => "Let it end: it does not yield, and ended it would begin again. Run the command after it, or raise locks: wait of the database in lockkeeper.yaml.",
        _ => "Let the session end, end it with pg_terminate_backend, or raise locks: wait or long_transaction of the database in lockkeeper.yaml; then run the command again.",
    };

    /// <summary>All of it in words.</summary>
    public string Words => Relation is null
        ? $"{Reason}, which CONCURRENTLY waits for: {Blocker.WordsOf("has a snapshot")}"
        : $"{Reason}: {Blocker.Words(Relation)}";
}
