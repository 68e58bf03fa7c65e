using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>Terminal control sequences.</summary>
internal static class Ansi
{
    public const string Reset = "\e[0m";

    /// <summary>Back to the first column, and the line emptied.</summary>
    public const string ClearLine = "\r\e[2K";

    /// <summary>Dark on light where it is light on dark.</summary>
    public const string Reverse = "\e[7m";

    /// <summary>A screen of its own, so that what was there comes back afterwards, and no cursor.</summary>
    public const string EnterScreen = "\e[?1049h\e[?25l\e[2J";

    /// <summary>The way back.</summary>
    public const string LeaveScreen = "\e[?25h\e[?1049l";

    /// <summary>From here to the end of the line is emptied.</summary>
    public const string ClearRest = "\e[K";

    /// <summary>The beginning of a line, counted from 1.</summary>
    public static string ToLine(int number) => $"\e[{number};1H";

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
