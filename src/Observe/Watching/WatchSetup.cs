using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Exporting;

namespace Lockkeeper.Observe.Watching;

/// <summary>What verbs that watch or speak of alerts need besides the project.</summary>
/// <param name="rules">The built-in rules of all engines. A function, since making them would cost every start of the program.</param>
/// <param name="openStore">Opens the store of a project.</param>
/// <param name="exporter">Makes the exporter of a project.</param>
internal sealed class WatchSetup(Func<IReadOnlyList<AlertRule>> rules, Func<Workspace, IWatchStore> openStore, Func<Workspace, IExporter> exporter)
{
    /// <summary>The built-in rules of all engines.</summary>
    public IReadOnlyList<AlertRule> Rules => rules();

    /// <summary>Opens the store of a project.</summary>
    /// <param name="workspace">The project.</param>
    public IWatchStore OpenStore(Workspace workspace) => openStore(workspace);

    /// <summary>The exporter of what a project declares; nothing is connected yet.</summary>
    /// <param name="workspace">The project.</param>
    public IExporter Exporter(Workspace workspace) => exporter(workspace);
}
