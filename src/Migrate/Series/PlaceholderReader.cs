using System.Text;

namespace Lockkeeper.Migrate.Series;

/// <summary>A script that is read as a stream, with its placeholders replaced.</summary>
/// <param name="source">The script.</param>
/// <param name="replace">Replaces the placeholders of a piece.</param>
internal sealed class PlaceholderReader(TextReader source, PieceReplacement replace) : TextReader
{
    private const int PieceSize = 32_000;

    private readonly StringBuilder ready = new();
    private char[] piece = [];
    private int at;
    private string rest = "";
    private bool isLast;

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        while (at == piece.Length && !isLast)
            Fill();
        var given = Math.Min(buffer.Length, piece.Length - at);
        piece.AsSpan(at, given).CopyTo(buffer);
        at += given;
        return given;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        var buffer = new char[PieceSize];
        var read = source.ReadBlock(buffer);
        isLast = read < buffer.Length;
        var text = string.Concat(rest, buffer.AsSpan(0, read));
        ready.Clear();
        rest = text[replace(text, isLast, ready)..];
        piece = new char[ready.Length];
        ready.CopyTo(0, piece, ready.Length);
        at = 0;
    }
}

/// <summary>Replaces the placeholders of a piece of a script.</summary>
/// <param name="piece">The piece: what the call before left, and more.</param>
/// <param name="isLast">Whether nothing comes after it.</param>
/// <param name="result">Takes what is done.</param>
/// <returns>How much of it is done; the rest may end in a part of a placeholder.</returns>
internal delegate int PieceReplacement(string piece, bool isLast, StringBuilder result);
