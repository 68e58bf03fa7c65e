using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>Terminal control sequences.</summary>
internal static class Ansi
{
    public const string Reset = "\e[0m";

    /// <summary>Back to the first column, and the line emptied.</summary>
    public const string ClearLine = "\r\e[2K";

    /// <summary>The sequence that starts a tone; empty for plain text.</summary>
    public static string Start(Tone tone) => tone switch
    {
        Tone.Good => "\e[32m",
        Tone.Warning => "\e[33m",
        Tone.Bad => "\e[31m",
        Tone.Muted => "\e[90m",
        Tone.Strong => "\e[1m",
        _ => "",
    };
}
