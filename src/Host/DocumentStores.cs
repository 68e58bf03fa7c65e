using Lockkeeper.Engines.PostgreSql.State;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.State;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host;

/// <summary>Chooses where the server keeps people, tokens and jobs.</summary>
public static class DocumentStores
{
    /// <summary>Opens it: <c>state.server.db</c> beside <c>state.db</c>, or beside the ledger in PostgreSQL.</summary>
    /// <param name="workspace">The project.</param>
    /// <param name="cancel">Stops a command that a reference names.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">It cannot be used.</exception>
    public static async Task<IDocumentStore> OpenAsync(Workspace workspace, CancellationToken cancel) => StatePlace.IsFile(workspace)
        ? DocumentFile.Open(Path.ChangeExtension(StatePlace.FileOf(workspace), ".server.db"))
        : PostgreSqlDocuments.Open(await StatePlace.DatabaseAsync(workspace, cancel), workspace.Clock);
}
