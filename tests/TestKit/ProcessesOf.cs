namespace Lockkeeper.Tests.TestKit;

/// <summary>Finds processes of a test's own by a word that only they have among their arguments, such as a path of the test's folder.</summary>
public static class ProcessesOf
{
    /// <summary>Their ids, the oldest first.</summary>
    /// <param name="program">The first argument, or its end: not that of a program that starts it.</param>
    /// <param name="words">Texts that must all be in the command line.</param>
    public static IReadOnlyList<int> Find(string program, params string[] words)
    {
        var found = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            var line = CommandLine(folder);
            if (line.Split(' ')[0].EndsWith(program, StringComparison.Ordinal) && words.All(word => line.Contains(word, StringComparison.Ordinal)))
                found.Add(int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture));
        }

        return [.. found.Where(id => id != Environment.ProcessId).Order()];
    }

    /// <summary>Waits until there is one, and returns the oldest.</summary>
    public static async Task<int> WaitAsync(string program, params string[] words)
    {
        await Eventually.TrueAsync(() => Find(program, words).Count > 0, $"a process {program} with {string.Join(' ', words)}");
        return Find(program, words)[0];
    }

    /// <summary>Sends a signal to each of them.</summary>
    public static async Task SignalAsync(string signal, string program, params string[] words)
    {
        foreach (var id in Find(program, words))
            await Signals.SendAsync(signal, id);
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended in the meantime.
            return "";
        }
    }
}
