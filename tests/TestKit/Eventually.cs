using System.Diagnostics;

namespace Lockkeeper.Tests.TestKit;

/// <summary>Waits for what happens in another process. The limit is for a hanging test, not a measure of speed.</summary>
public static class Eventually
{
    public static Task TrueAsync(Func<bool> condition, string what = "the condition") => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what = "the condition")
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(25))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"{what} did not come true");
        }
    }
}

/// <summary>Whether processes live.</summary>
public static class ProcessState
{
    /// <summary>A zombie is dead: it waits for its parent to read its exit code.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static Task GoneAsync(int pid) => Eventually.TrueAsync(() => !IsAlive(pid), $"the end of process {pid}");
}
