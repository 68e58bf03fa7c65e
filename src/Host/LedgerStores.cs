using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host;

/// <summary>Chooses the ledger's store by the scheme of <c>state</c> in the configuration.</summary>
internal static class LedgerStores
{
    private const string Sqlite = "sqlite:";

    public static ILedger Open(Workspace workspace) => new SqliteLedger(PathOf(workspace), workspace.Clock);

    /// <summary>The ledger's file.</summary>
    public static string PathOf(Workspace workspace)
    {
        var state = workspace.Config.State;
        if (state.StartsWith(Sqlite, StringComparison.Ordinal) && state.Length > Sqlite.Length)
            return Path.GetFullPath(state[Sqlite.Length..], workspace.ProjectFolder);
        throw new LockkeeperException(
            KernelErrors.ConfigBadValue, $"'{state}' is not a place for the ledger", "Write state as sqlite:PATH, for example sqlite:.lockkeeper/state.db.");
    }
}
