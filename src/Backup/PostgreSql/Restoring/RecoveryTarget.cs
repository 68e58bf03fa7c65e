using System.Globalization;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>By what the end of a recovery is named.</summary>
internal enum RecoveryTargetKind
{
    /// <summary>A time.</summary>
    Time,

    /// <summary>A place in the log.</summary>
    Lsn,

    /// <summary>A restore point.</summary>
    Name,

    /// <summary>A transaction.</summary>
    Transaction,

    /// <summary>As soon as the set is consistent.</summary>
    Immediate,
}

/// <summary>Where a recovery shall end.</summary>
/// <param name="Kind">By what it is named.</param>
/// <param name="Value">Its name, as the server takes it.</param>
/// <param name="Inclusive">Whether what is exactly there is still replayed.</param>
internal sealed record RecoveryTarget(RecoveryTargetKind Kind, string Value, bool Inclusive = true)
{
    /// <summary>The moment; null for what is not a time.</summary>
    public DateTimeOffset? Moment { get; private init; }

    /// <summary>The place; null for what is not one.</summary>
    public Lsn? Place { get; private init; }

    /// <summary>The server's parameter.</summary>
    public string Parameter => Kind switch
    {
        RecoveryTargetKind.Time => "recovery_target_time",
        RecoveryTargetKind.Lsn => "recovery_target_lsn",
        RecoveryTargetKind.Name => "recovery_target_name",
        RecoveryTargetKind.Transaction => "recovery_target_xid",
        _ => "recovery_target",
    };

    /// <summary>For people.</summary>
    public string Words => Kind switch
    {
        RecoveryTargetKind.Time => $"the time {Value}",
        RecoveryTargetKind.Lsn => $"the place {Value}",
        RecoveryTargetKind.Name => $"the restore point {Value}",
        RecoveryTargetKind.Transaction => $"transaction {Value}",
        _ => "the end of the set",
    };

    /// <summary>A time.</summary>
    public static RecoveryTarget At(DateTimeOffset moment, bool inclusive = true) =>
        new(RecoveryTargetKind.Time, moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture), inclusive) { Moment = moment };

    /// <summary>A restore point.</summary>
    public static RecoveryTarget Named(string name) => new(RecoveryTargetKind.Name, name);

    /// <summary>The same, whose place in the log is known.</summary>
    public RecoveryTarget Lying(Lsn place) => this with { Place = place };

    /// <summary>Reads what a user asks for: <c>latest</c>, <c>immediate</c>, a time with its zone, a place such as <c>0/7000028</c>, <c>xid:123</c> or <c>name:before_release</c>.</summary>
    /// <returns>The target; null for the end of the archive.</returns>
    /// <exception cref="LockkeeperException">It is none of them.</exception>
    public static RecoveryTarget? Parse(string text)
    {
        if (text == "latest")
            return null;
        if (text == "immediate")
            return new RecoveryTarget(RecoveryTargetKind.Immediate, "immediate");
        if (text.StartsWith("name:", StringComparison.Ordinal) && text.Length > 5)
            return Named(text[5..]);
        if (text.StartsWith("xid:", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return new RecoveryTarget(RecoveryTargetKind.Transaction, text[4..]);
        if (Wal.Lsn.TryParse(text, out var lsn))
            return new RecoveryTarget(RecoveryTargetKind.Lsn, lsn.ToString()) { Place = lsn };
        // Without a zone a time is a different one on each machine that reads it.
        var hasZone = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10;
        return hasZone && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? At(moment)
            : throw new LockkeeperException(KernelErrors.WrongUse, $"'{text}' is not a moment to restore to", "Write latest, immediate, a time with its zone (2026-11-22T09:45:00Z), a place in the log (0/7000028), xid:NUMBER or name:RESTORE_POINT.");
    }
}
