namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

/// <summary>What is left of sandbox clusters below a folder: files and processes.</summary>
internal static class Leftovers
{
    public static IReadOnlyList<string> Of(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.GetFileSystemEntries(folder).Where(entry => Path.GetFileName(entry) != ".locks"), .. Processes(folder)]
            : [.. Processes(folder)];

    /// <summary>The command lines of processes that name the folder: the guard, initdb, the server.</summary>
    public static IEnumerable<string> Processes(string folder) => Pids(folder).Select(CommandLine);

    public static IEnumerable<int> Pids(string folder) =>
        from entry in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(entry), out _)
        let pid = int.Parse(Path.GetFileName(entry))
        where CommandLine(pid).Contains(folder + "/", StringComparison.Ordinal)
        select pid;

    public static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
