using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Observe.Sqlite;

/// <summary>Where the observations of a project are kept: a file beside the ledger, so that a full or damaged one never stops a migration.</summary>
internal static class ObservationFile
{
    private const string Sqlite = "sqlite:";

    /// <summary>The file of a project: <c>state.observe.db</c> beside <c>state.db</c>.</summary>
    /// <param name="workspace">The project.</param>
    public static string PathOf(Workspace workspace)
    {
        var state = workspace.Config.State;
        var ledger = Path.GetFullPath(state.StartsWith(Sqlite, StringComparison.Ordinal) ? state[Sqlite.Length..] : ".lockkeeper/state.db", workspace.ProjectFolder);
        return Path.ChangeExtension(ledger, ".observe.db");
    }

    /// <summary>Opens the file of a project, and makes it when it is missing.</summary>
    /// <param name="workspace">The project.</param>
    /// <exception cref="LockkeeperException">It cannot be used (LK6102).</exception>
    public static BlockFile Open(Workspace workspace)
    {
        var path = PathOf(workspace);
        try
        {
            return BlockFile.Open(path);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(AlertErrors.HistoryUnusable, $"the file of observations {path} cannot be used: {e.Message}", "Give this user the right to write it, make room on its disk, or remove it: it holds nothing but the past.", inner: e);
        }
    }
}
