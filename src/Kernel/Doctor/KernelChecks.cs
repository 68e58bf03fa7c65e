using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Doctor;

/// <summary>The checks that concern no engine: configuration, state, shell, git.</summary>
public static class KernelChecks
{
    private const string SqlitePrefix = "sqlite:";

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<DoctorCheck> All { get; } =
    [
        new("configuration", "every verb of a project", (workspace, _) => Task.FromResult(Configuration(workspace))),
        new("state folder", "the ledger", (workspace, _) => Task.FromResult(StateFolder(workspace))),
        new("sh", "gates, secret commands, sandbox clusters", ShellAsync),
        ProgramCheck.Create("git", "naming the commit of a run", "apt install git", optional: true),
    ];

    private static DoctorAnswer Configuration(Workspace workspace)
    {
        try
        {
            return new DoctorAnswer(Health.Good, $"project {workspace.Config.Project} in {workspace.ProjectFolder}");
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ConfigMissing)
        {
            return new DoctorAnswer(Health.Good, "none here; 'lk init' makes one");
        }
        catch (LockkeeperException e)
        {
            return new DoctorAnswer(Health.Broken, e.At is null ? e.Message : $"{e.At}: {e.Message}", e.Hint);
        }
    }

    private static DoctorAnswer StateFolder(Workspace workspace)
    {
        string state;
        try
        {
            state = workspace.Config.State;
        }
        catch (LockkeeperException)
        {
            // The check of the configuration tells why.
            return new DoctorAnswer(Health.Good, "no configuration, so none is used");
        }

        if (!state.StartsWith(SqlitePrefix, StringComparison.Ordinal))
            return new DoctorAnswer(Health.Good, "not a file but a database");
        var file = Path.GetFullPath(Path.Combine(workspace.ProjectFolder, state[SqlitePrefix.Length..]));
        // The folder is made with the first run: until then the nearest one above must be writable.
        var folder = Path.GetDirectoryName(file)!;
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        var probe = Path.Combine(folder, $".lk-doctor-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return new DoctorAnswer(Health.Good, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DoctorAnswer(Health.Broken, $"{folder} cannot be written: {e.Message}", $"Give this user the right to write {folder}, or change 'state' in lockkeeper.yaml.");
        }
    }

    private static async Task<DoctorAnswer> ShellAsync(Workspace workspace, CancellationToken cancel)
    {
        try
        {
            var result = await workspace.Processes.RunAsync(new ProcessSpec("/bin/sh", "-c", "echo works") { Folder = "/" }, cancel);
            return result.Output == "works" ? new DoctorAnswer(Health.Good, "/bin/sh") : new DoctorAnswer(Health.Broken, "/bin/sh does not work", "Repair the system's shell.");
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ProgramMissing)
        {
            return new DoctorAnswer(Health.Missing, "there is no /bin/sh", "Install a POSIX shell as /bin/sh.");
        }
    }
}
