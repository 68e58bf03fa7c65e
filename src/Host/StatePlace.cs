using Lockkeeper.Engines.PostgreSql.State;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host;

/// <summary>Where the state is, by the scheme of <c>state</c> in the configuration.</summary>
internal static class StatePlace
{
    private const string Sqlite = "sqlite:";

    /// <summary>Whether it is a file.</summary>
    public static bool IsFile(Workspace workspace) => workspace.Config.State.StartsWith(Sqlite, StringComparison.Ordinal);

    /// <summary>The ledger's file.</summary>
    public static string FileOf(Workspace workspace) => Path.GetFullPath(workspace.Config.State[Sqlite.Length..], workspace.ProjectFolder);

    /// <summary>The database on PostgreSQL.</summary>
    /// <exception cref="LockkeeperException">A reference in it cannot be resolved, or it is no URL.</exception>
    public static async Task<StateDatabase> DatabaseAsync(Workspace workspace, CancellationToken cancel)
    {
        var url = await workspace.Secrets.ResolveAsync(workspace.Config.State, cancel);
        return url.StartsWith("postgres", StringComparison.Ordinal) ? StateDatabase.At(url, workspace.Redactor) : throw new LockkeeperException(
            KernelErrors.ConfigBadValue, "what 'state' refers to is not the URL of a database", "Let the reference give postgres://USER:PASSWORD@HOST:PORT/DATABASE.");
    }
}
