using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host;

/// <summary>Makes the surroundings of a verb for a process: its folder, variables, user, configuration and ledger.</summary>
public static class WorkspaceFactory
{
    /// <summary>Makes the surroundings; nothing is read before a verb asks for it.</summary>
    /// <param name="configFile">The configuration file; null for the nearest lockkeeper.yaml.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="progress">Where progress goes.</param>
    /// <param name="redactor">Holds the secrets that must not be printed.</param>
    public static Workspace Create(string? configFile, IEnvironment environment, IProgressSink progress, Redactor redactor)
    {
        var folder = Directory.GetCurrentDirectory();
        return new Workspace(
            folder,
            environment,
            progress,
            TimeProvider.System,
            redactor,
            Actor(environment),
            () => Load(folder, configFile, progress),
            LedgerStores.Open);
    }

    private static string Actor(IEnvironment environment) =>
        environment.Get("LK_ACTOR") is { Length: > 0 } actor ? actor : Environment.UserName;

    private static LocatedConfig Load(string folder, string? configFile, IProgressSink progress)
    {
        var config = configFile is null ? ConfigReader.LoadNearest(folder) : ConfigReader.Load(Path.GetFullPath(configFile, folder), configFile);
        // One line for each kind of warning: a file with ten passwords in it needs saying once.
        foreach (var alike in config.Warnings.GroupBy(warning => warning.Rule))
        {
            var (first, more) = (alike.First(), alike.Count() - 1);
            progress.Say($"warning: {(first.At is { } at ? at + ": " : "")}{first.Message}{(more > 0 ? $", and {more} more like it" : "")}{(first.Hint is { } hint ? " (" + hint + ")" : "")}");
        }

        return config;
    }
}
