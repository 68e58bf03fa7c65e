using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>The backup that is taken before an instance is destroyed: all of it as one SQL script, which every later version can read.</summary>
internal static class LastBackup
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(24);

    /// <summary>Takes it over the administrator's connection.</summary>
    /// <param name="place">The instance, whose programs are used when they are here.</param>
    /// <param name="server">The server.</param>
    /// <param name="file">The file that is written; it is not there yet.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">It was not taken; nothing was destroyed.</exception>
    public static async Task TakeAsync(InstancePlace place, PostgreSqlServer server, string file, Workspace workspace, CancellationToken cancel)
    {
        if (File.Exists(file))
            throw new LockkeeperException(KernelErrors.FileExists, $"{file} exists already", "Name another folder, so that no backup is overwritten.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var dump = File.Exists(place.Program("pg_dumpall")) ? place.Program("pg_dumpall") : "pg_dumpall";
        var half = file + ".half";
        // It holds the verifiers of all passwords: pg_dumpall writes into a file that nobody else can read.
        File.Delete(half);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (new FileStream(half, options))
        {
        }

        await workspace.Processes.RunOrFailAsync(
            new ProcessSpec(dump, "--file", half) { Environment = server.ClientVariables, Timeout = Limit }, "Nothing was destroyed. Correct what the output says, or give --no-last-backup.", cancel);
        // The last line says that it is whole (pg_dumpall.c).
        if (!File.ReadLines(half).TakeLast(5).Any(line => line.Contains("database cluster dump complete", StringComparison.Ordinal)))
            throw new LockkeeperException(ProvisionErrors.NoLastBackup, string.Create(CultureInfo.InvariantCulture, $"the last backup in {half} is not whole"), "Nothing was destroyed.");
        File.Move(half, file);
    }
}
