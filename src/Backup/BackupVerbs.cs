using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup;

/// <summary>The verbs of the Backup duty.</summary>
public static class BackupVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    /// <param name="check">Says how a restored server differs from its declaration.</param>
    public static IReadOnlyList<Verb> Declare(Clusters.IDeclarationCheck check) =>
    [
        Verbs.Take.Declare(),
        Verbs.List.Declare(),
        Verbs.Alerts.Declare(),
        Verbs.Check.Declare(),
        Verbs.Verify.Declare(),
        Verbs.Drill.Declare(),
        Verbs.Restore.Declare(check),
        Verbs.Expire.Declare(),
        Verbs.Estimate.Declare(),
        Verbs.Dump.Declare(),
        Verbs.Load.Declare(),
        Verbs.Document.Declare(),
        Verbs.BeaconVerb.Declare(),
    ];
}
