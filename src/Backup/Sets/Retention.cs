using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.Sets;

/// <summary>What a repository keeps: what its policy says, and however old it is, the last set that a drill has restored with all that it needs. Until a newer one is proven, everything newer is a claim.</summary>
/// <param name="Full">How many full backups; with <paramref name="IsDays"/>, for how many days.</param>
/// <param name="IsDays">Whether full backups are kept by their age.</param>
/// <param name="Differential">How many differential backups; null for as many as their full ones.</param>
/// <param name="Proven">The set that makes it more than the policy asks for; null when the policy is enough.</param>
internal sealed record Retention(int Full, bool IsDays, int? Differential, string? Proven)
{
    /// <summary>The last set of a repository that a drill has restored; null for none.</summary>
    /// <param name="sets">The sets of the repository.</param>
    /// <param name="drills">What was tried.</param>
    public static BackupSet? LastProven(IReadOnlyList<BackupSet> sets, IReadOnlyList<Recoverability.DrillEvidence> drills) =>
        drills.Where(drill => drill.Failure is null).OrderByDescending(drill => drill.At).Select(drill => sets.FirstOrDefault(set => set.Label == drill.Set)).FirstOrDefault(set => set is not null);

    /// <summary>What to keep of a repository.</summary>
    /// <param name="policy">Its policy.</param>
    /// <param name="sets">Its sets, the oldest first.</param>
    /// <param name="proven">The last one that a drill has restored.</param>
    /// <param name="now">The time.</param>
    public static Retention Of(RepositoryConfig policy, IReadOnlyList<BackupSet> sets, BackupSet? proven, DateTimeOffset now)
    {
        var asked = new Retention(policy.Days ?? policy.FullBackups, policy.Days is not null, policy.DifferentialBackups, null);
        if (proven is null)
            return asked;
        var full = OwnOrNeeded(proven, sets, BackupKind.Full) ?? proven;
        // pgBackRest keeps by age as long as the full backup ended after that many days ago.
        var fulls = asked.IsDays ? (int)Math.Ceiling((now - full.Ended).TotalDays) + 1 : Newer(sets, full, BackupKind.Full);
        var differentials = OwnOrNeeded(proven, sets, BackupKind.Differential) is { } differential ? Newer(sets, differential, BackupKind.Differential) : 0;
        var most = new Retention(Math.Max(asked.Full, fulls), asked.IsDays, asked.Differential is { } kept ? Math.Max(kept, differentials) : null, null);
        return most == asked ? asked : most with { Proven = proven.Label };
    }

    /// <summary>Whether it may let one of these sets go. pgBackRest counts full backups as differential ones, too.</summary>
    /// <param name="sets">The sets of the repository.</param>
    public bool MayLetGo(IReadOnlyList<BackupSet> sets) =>
        IsDays || sets.Count(set => set.Kind == BackupKind.Full) > Full || sets.Count(set => set.Kind is BackupKind.Full or BackupKind.Differential) > (Differential ?? int.MaxValue);

    private static BackupSet? OwnOrNeeded(BackupSet set, IReadOnlyList<BackupSet> sets, BackupKind kind) =>
        set.Kind == kind ? set : sets.LastOrDefault(one => one.Kind == kind && set.Needs.Contains(one.Label));

    private static int Newer(IReadOnlyList<BackupSet> sets, BackupSet than, BackupKind kind) => sets.Count(set => set.Kind == kind && set.Ended >= than.Ended);
}
