using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Screens;
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
    /// <param name="http">Gives what answers HTTP requests.</param>
    /// <param name="screen">Takes the terminal over, where there is one; null when there is none.</param>
    /// <param name="actor">Who calls; null for the operating system's user or <c>LK_ACTOR</c>.</param>
    /// <param name="cache">Keeps the configuration between calls; null reads it each time.</param>
    public static Workspace Create(string? configFile, IEnvironment environment, IProgressSink progress, Redactor redactor, Func<IInboundHttp> http, Func<IScreen?>? screen = null, string? actor = null, ConfigCache? cache = null)
    {
        var folder = Directory.GetCurrentDirectory();
        return new Workspace(
            folder,
            environment,
            progress,
            TimeProvider.System,
            redactor,
            actor ?? Actor(environment),
            () => cache is null ? Load(folder, configFile, progress) : cache.Get(() => Load(folder, configFile, progress)),
            LedgerStores.Open)
        {
            Http = http,
            Screen = screen ?? (static () => null),
        };
    }

    /// <summary>The same project with other files: its configuration and its ledger, and the migrations of another folder.</summary>
    /// <param name="project">The project.</param>
    /// <param name="folder">The folder that paths of the configuration start at.</param>
    public static Workspace WithFiles(Workspace project, string folder) => new(
        folder, project.Environment, project.Progress, project.Clock, project.Redactor, project.Actor, () => new LocatedConfig(project.Config, folder), _ => LedgerStores.Open(project)) { Http = project.Http };

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
