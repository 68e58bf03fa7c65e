using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>Hears of a block of a file before anything of it is given out.</summary>
/// <param name="index">Its number, from 0.</param>
/// <param name="block">Its bytes.</param>
internal delegate void BlockCheck(int index, ReadOnlySpan<byte> block);

/// <summary>The text of a file, block by block: strict UTF-8, with LF line ends and without byte order mark.</summary>
internal sealed class LargeFileReader : TextReader
{
    private const int BlockSize = 64 * 1024;

    /// <summary>The most bytes of a character that a block's end can cut off.</summary>
    private const int LongestRest = 3;

    private readonly Stream stream;
    private readonly string shown;
    private readonly BlockCheck check;
    private readonly long from;
    private readonly long to;
    private readonly byte[] bytes = new byte[BlockSize + LongestRest];
    private readonly char[] chars = new char[BlockSize + LongestRest];
    private int rest;
    private int block;
    private int at;
    private int end;
    private long passed;
    private bool isLast;
    private bool isAfterReturn;
    private (int Line, int Column) place = (1, 1);

    /// <param name="stream">The file's bytes.</param>
    /// <param name="shown">Its path as a user would type it.</param>
    /// <param name="check">Hears of each block first.</param>
    /// <param name="from">Where to start, in UTF-16 units of the text.</param>
    /// <param name="to">Where to end.</param>
    public LargeFileReader(Stream stream, string shown, BlockCheck check, long from, long to) =>
        (this.stream, this.shown, this.check, this.from, this.to) = (stream, shown, check, from, to);

    /// <inheritdoc/>
    public override int Peek() => Fill() ? chars[at] : -1;

    /// <inheritdoc/>
    public override int Read() => Fill() ? chars[at++] : -1;

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override int Read(Span<char> buffer)
    {
        if (!Fill())
            return 0;
        var given = Math.Min(buffer.Length, end - at);
        chars.AsSpan(at, given).CopyTo(buffer);
        at += given;
        return given;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>False at the end.</summary>
    private bool Fill()
    {
        while (at == end)
        {
            if (isLast || passed >= to)
                return false;
            var length = WithLineFeeds(Decode(ReadBlock()));
            at = (int)Math.Clamp(from - passed, 0, length);
            end = (int)Math.Clamp(to - passed, at, length);
            passed += length;
        }

        return true;
    }

    /// <summary>How many bytes to decode: a character that the block's end cuts in two waits for the next one.</summary>
    private int ReadBlock()
    {
        int read;
        try
        {
            read = stream.ReadAtLeast(bytes.AsSpan(rest, BlockSize), BlockSize, throwOnEndOfStream: false);
        }
        catch (IOException e)
        {
            throw MigrationScript.Unreadable(shown, e);
        }

        check(block++, bytes.AsSpan(rest, read));
        isLast = read < BlockSize;
        return rest + read;
    }

    private int Decode(int length)
    {
        var complete = isLast ? length : length - CutOff(bytes.AsSpan(0, length));
        var decoded = 0;
        try
        {
            decoded = MigrationScript.StrictUtf8.GetChars(bytes.AsSpan(0, complete), chars);
        }
        catch (DecoderFallbackException e)
        {
            Count(Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Clamp(e.Index, 0, complete))));
            throw MigrationScript.NotUtf8(shown, new SourcePosition(shown, place.Line, place.Column), e);
        }

        bytes.AsSpan(complete, length - complete).CopyTo(bytes);
        rest = length - complete;
        Count(chars.AsSpan(0, decoded));
        if (passed > 0 || block > 1 || decoded == 0 || chars[0] != '\uFEFF')
            return decoded;
        chars.AsSpan(1, decoded - 1).CopyTo(chars);
        return decoded - 1;
    }

    /// <summary>The bytes at the end that begin a character without ending it.</summary>
    private static int CutOff(ReadOnlySpan<byte> bytes)
    {
        for (var i = 1; i <= Math.Min(LongestRest, bytes.Length); i++)
        {
            var b = bytes[^i];
            if (b < 0x80)
                return 0;
            if (b >= 0xC0)
                return i < (b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2) ? i : 0;
        }

        return 0;
    }

    private int WithLineFeeds(int length)
    {
        var text = chars.AsSpan(0, length);
        if (length == 0 || (!isAfterReturn && !text.Contains('\r')))
            return length;
        var written = 0;
        foreach (var c in text)
        {
            if (c != '\n' || !isAfterReturn)
                chars[written++] = c == '\r' ? '\n' : c;
            isAfterReturn = c == '\r';
        }

        return written;
    }

    private void Count(ReadOnlySpan<char> text)
    {
        var lines = text.Count('\n');
        place = lines == 0 ? (place.Line, place.Column + text.Length) : (place.Line + lines, text.Length - text.LastIndexOf('\n'));
    }
}
