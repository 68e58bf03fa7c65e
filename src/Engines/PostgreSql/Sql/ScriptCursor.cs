using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>How far a script has been read: a window on what comes next, and where that stands in the file. A script in memory is one window.</summary>
internal sealed class ScriptCursor
{
    /// <summary>Characters of the first window of a stream. A larger array would live in the heap of large objects, which is collected late.</summary>
    public const int DefaultWindow = 32_000;

    private const char ByteOrderMark = '\uFEFF';

    private readonly TextReader? source;
    private readonly PlaceCounter place;
    private readonly int firstWindow;
    private readonly int mostCharacters;

    /// <summary>A script in memory.</summary>
    public ScriptCursor(string text, PlaceCounter place, int mostCharacters = SqlSplitter.MostCharacters)
    {
        (this.place, this.mostCharacters) = (place, mostCharacters);
        (Text, IsWhole) = (text.AsMemory(), true);
        PassByteOrderMark();
    }

    /// <summary>A script that is read as a stream.</summary>
    public ScriptCursor(TextReader source, PlaceCounter place, int firstWindow = DefaultWindow, int mostCharacters = SqlSplitter.MostCharacters)
    {
        (this.source, this.place, this.firstWindow, this.mostCharacters) = (source, place, firstWindow, mostCharacters);
        Grow();
        PassByteOrderMark();
    }

    /// <summary>What comes next. It stays valid after <see cref="Pass"/> and <see cref="Grow"/>, which never write over it.</summary>
    public ReadOnlyMemory<char> Text { get; private set; }

    /// <summary>Whether nothing comes after <see cref="Text"/>.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Where <see cref="Text"/> begins.</summary>
    public SourcePosition Here => place.Here;

    /// <summary>Where it begins in the script, in UTF-16 units.</summary>
    public long Offset { get; private set; }

    /// <summary>Goes on behind some characters.</summary>
    /// <exception cref="LockkeeperException">There is a NUL among them.</exception>
    public void Pass(int count)
    {
        var passed = Text.Span[..count];
        var nul = passed.IndexOf('\0');
        place.Pass(nul < 0 ? passed : passed[..nul]);
        if (nul >= 0)
        {
            throw new LockkeeperException(
                SqlErrors.NulCharacter, "the script holds a NUL character",
                "Remove it; a file with many of them is probably saved as UTF-16: save it as UTF-8.", Here);
        }

        Text = Text[count..];
        Offset += count;
    }

    /// <summary>Widens the window to twice what is in it, so that looking at its beginning again takes time in proportion to the script.</summary>
    /// <exception cref="LockkeeperException">It is as wide as it may get.</exception>
    public void Grow()
    {
        RequireFits(Text.Length);
        var wider = new char[Math.Max(firstWindow, 2 * Text.Length)];
        Text.CopyTo(wider);
        var read = source!.ReadBlock(wider.AsSpan(Text.Length));
        IsWhole = Text.Length + read < wider.Length;
        Text = wider.AsMemory(0, Text.Length + read);
    }

    /// <summary>Refuses a statement, comment or line of data that is too long.</summary>
    public void RequireFits(int characters)
    {
        if (characters <= mostCharacters)
            return;
        throw new LockkeeperException(
            SqlErrors.TooLong, $"a statement with more than {mostCharacters:N0} characters begins here",
            "Split it; data in bulk goes in by COPY … FROM stdin, of which only a line must fit.", Here);
    }

    private void PassByteOrderMark()
    {
        if (Text.Length == 0 || Text.Span[0] != ByteOrderMark)
            return;
        // It is not a character of the first line.
        Text = Text[1..];
        Offset = 1;
    }
}
