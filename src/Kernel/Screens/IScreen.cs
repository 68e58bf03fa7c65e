using System.Runtime.InteropServices;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Kernel.Screens;

/// <summary>A whole terminal that a verb has taken over for a live view. It is given back as it was when this is disposed, or at once when the verb is cancelled.</summary>
public interface IScreen : IDisposable
{
    /// <summary>Its size now.</summary>
    ScreenSize Size { get; }

    /// <summary>Shows lines from the top; what is wider or longer than the terminal is cut off.</summary>
    /// <param name="lines">All lines; what is below them is empty.</param>
    void Draw(IReadOnlyList<ScreenLine> lines);

    /// <summary>Waits for a key.</summary>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>The key; null when the size of the terminal has changed instead, or when there is no terminal any more.</returns>
    Task<KeyPress?> ReadAsync(CancellationToken cancel);

    /// <summary>Whether there is a terminal still.</summary>
    bool IsOpen { get; }
}

/// <summary>The size of a terminal in characters.</summary>
/// <param name="Columns">Its width.</param>
/// <param name="Rows">Its height.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ScreenSize(int Columns, int Rows);

/// <summary>A line on a screen.</summary>
/// <param name="Parts">Its pieces from the left, without gaps of their own.</param>
/// <param name="IsSelected">Whether it is the one that keys are meant for.</param>
public sealed record ScreenLine(IReadOnlyList<Cell> Parts, bool IsSelected = false)
{
    /// <summary>A line of one tone.</summary>
    /// <param name="text">The words.</param>
    /// <param name="tone">How they are meant.</param>
    public static ScreenLine Of(string text, Tone tone = Tone.Plain) => new([new Cell(text, tone)]);

    /// <summary>Its text without tones.</summary>
    public override string ToString() => string.Concat(Parts.Select(part => part.Text));
}
