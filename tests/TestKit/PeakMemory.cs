namespace Lockkeeper.Tests.TestKit;

/// <summary>Runs lk and watches how much memory it takes at most.</summary>
public static class PeakMemory
{
    /// <summary>How lk ended, and its peak in megabytes: VmHWM of /proc, which only rises, looked at until it ends.</summary>
    public static async Task<(LkResult Result, int Megabytes)> OfAsync(LkProcess lk)
    {
        var ended = lk.WaitAsync();
        var peak = 0;
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, Read(lk.Id));
            await Task.WhenAny(ended, Task.Delay(20));
        }

        return (await ended, peak);
    }

    private static int Read(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) / 1024;
        }
        catch (IOException)
        {
            // It has just ended.
            return 0;
        }
    }
}
