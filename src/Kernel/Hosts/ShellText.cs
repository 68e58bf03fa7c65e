namespace Lockkeeper.Kernel.Hosts;

/// <summary>Text for a POSIX shell.</summary>
public static class ShellText
{
    /// <summary>A word as the shell hands it on unchanged.</summary>
    /// <param name="word">The word; it may hold anything but a zero byte.</param>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '=' or ':' or ',' or '@') ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
