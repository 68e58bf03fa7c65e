using System.Globalization;

namespace Lockkeeper.Bench.ObserveScrape;

/// <summary>Processor time of a server, from /proc: of the postmaster, of those of its children that live, and of those that have ended.</summary>
internal static class ServerCpu
{
    private const double TicksPerSecond = 100;

    public static double Seconds(int postmaster)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                // The name in brackets may hold blanks; state is the first field after it, the parent the second, times the 12th to 15th.
                var fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ');
                var isPostmaster = Path.GetFileName(folder) == postmaster.ToString(CultureInfo.InvariantCulture);
                if (isPostmaster || fields[1] == postmaster.ToString(CultureInfo.InvariantCulture))
                    ticks += fields.Skip(11).Take(isPostmaster ? 4 : 2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It has ended meanwhile, and the postmaster has its time.
            }
        }

        return ticks / TicksPerSecond;
    }
}
