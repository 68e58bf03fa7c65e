using Lockkeeper.Kernel.Verbs;

#pragma warning disable RS0030 // A face is where the console belongs.

namespace Lockkeeper.Cli.Rendering;

/// <summary>What is known about where output goes.</summary>
/// <param name="Width">Columns of the terminal; null when output goes to a file or pipe and lines may have any length.</param>
/// <param name="Colours">Whether colours are wanted.</param>
internal sealed record Terminal(int? Width, bool Colours)
{
    /// <summary>A file or pipe.</summary>
    public static Terminal None { get; } = new(null, false);

    private const int NarrowestUseful = 40;

    public static Terminal OfOutput(IEnvironment environment) => Console.IsOutputRedirected ? None : Of(environment);

    public static Terminal OfErrors(IEnvironment environment) => Console.IsErrorRedirected ? None : Of(environment);

    private static Terminal Of(IEnvironment environment) => new(Math.Max(Columns(), NarrowestUseful), WantsColours(environment));

    /// <summary>NO_COLOR (no-color.org): present and not empty means none.</summary>
    private static bool WantsColours(IEnvironment environment) =>
        string.IsNullOrEmpty(environment.Get("NO_COLOR")) && environment.Get("TERM") != "dumb";

    private static int Columns()
    {
        // A terminal that does not know its size (some CI runners) answers 0.
        var columns = WindowSize.Columns();
        return columns > 0 ? columns : 100;
    }
}
