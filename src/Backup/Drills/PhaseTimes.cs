using System.Diagnostics;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Drills;

/// <summary>Times the phases of a drill or a restore, and says which one is at work.</summary>
/// <param name="progress">Hears it.</param>
internal sealed class PhaseTimes(IProgressSink progress)
{
    private readonly List<DrillPhase> phases = [];

    /// <summary>Those that have ended, in order.</summary>
    public IReadOnlyList<DrillPhase> All => phases;

    /// <summary>Does the work of a phase.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="work">The work.</param>
    /// <param name="bytes">How much it moves; null for what moves nothing.</param>
    public async Task TimeAsync(string name, Func<Task> work, long? bytes = null)
    {
        var watch = Stopwatch.StartNew();
        progress.Now(name);
        await work();
        phases.Add(new DrillPhase(name, watch.Elapsed, bytes));
    }
}
