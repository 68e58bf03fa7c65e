using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.State;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host;

/// <summary>Chooses where the server keeps people, tokens and jobs, by the scheme of <c>state</c> in the configuration.</summary>
public static class DocumentStores
{
    /// <summary>Opens it: <c>state.server.db</c> beside <c>state.db</c>.</summary>
    /// <param name="workspace">The project.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">It cannot be used.</exception>
    public static IDocumentStore Open(Workspace workspace) => DocumentFile.Open(Path.ChangeExtension(LedgerStores.PathOf(workspace), ".server.db"));
}
