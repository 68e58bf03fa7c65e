namespace Lockkeeper.Migrate.Proof;

/// <summary>How much a statement is felt by those who use the database.</summary>
internal enum Verdict
{
    /// <summary>It touches nothing that was there before.</summary>
    Unnoticed,

    /// <summary>Reads and writes go on.</summary>
    Online,

    /// <summary>It blocks, and works on the catalog alone: as long as getting the lock is quick, it is.</summary>
    Brief,

    /// <summary>Writes wait while it reads or writes all rows of a table.</summary>
    BlocksWrites,

    /// <summary>Reads and writes wait while it reads or writes all rows of a table.</summary>
    BlocksAll,
}

/// <summary>Judges statements by what they were seen to do.</summary>
internal static class Verdicts
{
    /// <summary>The verdict on a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="held">The locks of the transaction that it runs in, its own included: an earlier statement's lock blocks for as long as the work of a later one.</param>
    public static Verdict Of(StatementTrace statement, IReadOnlyList<HeldLock> held)
    {
        var blocks = held.Aggregate(Blocked.Nothing, (all, one) => all | one.Blocks);
        var works = statement.Rewrites.Count + statement.Scans.Count > 0;
        if (works && blocks.HasFlag(Blocked.Reads))
            return Verdict.BlocksAll;
        if (works && blocks.HasFlag(Blocked.Writes))
            return Verdict.BlocksWrites;
        var own = statement.Locks.Aggregate(Blocked.Nothing, (all, one) => all | one.Blocks);
        if (own.HasFlag(Blocked.Writes) || own.HasFlag(Blocked.Reads))
            return Verdict.Brief;
        // Rows may be written under a lock that an earlier statement took: then none is seen here.
        var touches = statement.Locks.Count > 0 || works || statement.Triggers.Count > 0 || (held.Count > 0 && statement.Command is "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "COPY");
        return touches ? Verdict.Online : Verdict.Unnoticed;
    }

    /// <summary>The verdicts on a script's statements, in order.</summary>
    public static IReadOnlyList<Verdict> Of(ScriptTrace script)
    {
        var held = new List<HeldLock>();
        var verdicts = new List<Verdict>();
        foreach (var statement in script.Statements)
        {
            if (!script.InTransaction)
                held.Clear();
            held.AddRange(statement.Locks);
            verdicts.Add(Of(statement, held));
        }

        return verdicts;
    }

    /// <summary>The verdict in words.</summary>
    public static string Words(Verdict verdict) => verdict switch
    {
        Verdict.Unnoticed => "touches nothing that was there",
        Verdict.Online => "online",
        Verdict.Brief => "brief lock",
        Verdict.BlocksWrites => "blocks writes while it works",
        _ => "blocks reads and writes while it works",
    };
}
