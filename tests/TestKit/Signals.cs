using System.Diagnostics;

namespace Lockkeeper.Tests.TestKit;

/// <summary>Sends signals to processes.</summary>
public static class Signals
{
    /// <summary>Sends a signal such as KILL, INT, TERM, STOP or CONT.</summary>
    public static async Task SendAsync(string signal, int pid)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {pid}"]);
        await kill.WaitForExitAsync();
    }
}
