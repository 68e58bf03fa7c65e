using System.Globalization;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>A running server, as its postmaster.pid tells.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Since">When it was started.</param>
/// <param name="Port">Its port.</param>
internal sealed record Postmaster(int Pid, DateTimeOffset Since, int Port)
{
    /// <summary>Reads postmaster.pid; null when no server runs over this data.</summary>
    /// <param name="data">The data directory, without symbolic links.</param>
    public static Postmaster? Read(string data)
    {
        try
        {
            // Lines: pid, data directory, start time (seconds since 1970), port, socket folder, address, shared memory, status.
            var lines = File.ReadAllLines(Path.Combine(data, "postmaster.pid"));
            var pid = int.Parse(lines[0], CultureInfo.InvariantCulture);
            // After a reboot the number may be another program's: a postmaster stands in its data directory.
            if (OperatingSystem.IsLinux() && new DirectoryInfo($"/proc/{pid}/cwd").LinkTarget != data)
                return null;
            return new Postmaster(
                pid,
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(lines[2], CultureInfo.InvariantCulture)),
                int.Parse(lines[3], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
