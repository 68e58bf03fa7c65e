using Lockkeeper.Engines.PostgreSql.State;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host;

/// <summary>Chooses the ledger's store.</summary>
internal static class LedgerStores
{
    public static ILedger Open(Workspace workspace) => StatePlace.IsFile(workspace)
        ? new SqliteLedger(StatePlace.FileOf(workspace), workspace.Clock)
        : new PostgreSqlLedger(cancel => StatePlace.DatabaseAsync(workspace, cancel), workspace.Clock);
}
