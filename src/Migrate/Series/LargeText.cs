using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>A large file's text, or a part of it.</summary>
/// <param name="file">The file.</param>
/// <param name="from">Where it starts, in UTF-16 units.</param>
/// <param name="length">Its length.</param>
/// <param name="firstLine">The line of the file where it starts.</param>
/// <param name="sha256">SHA-256 of it in UTF-8, lower-case hex.</param>
internal sealed class LargeText(LargeFile file, long from, long length, int firstLine, string sha256)
{
    /// <summary>Characters that are put into memory after all, where something needs the text as a whole.</summary>
    private const int MostLoaded = 256 * 1024 * 1024;

    public LargeFile File => file;

    public long Length => length;

    public int FirstLine => firstLine;

    public string Sha256 => sha256;

    /// <summary>Takes the measure of a text by reading it to its end.</summary>
    public static LargeText Of(LargeFile file, TextReader reader, long from, int firstLine)
    {
        using var hash = new TextHash();
        var (buffer, length) = (new char[32_000], 0L);
        for (int read; (read = reader.Read(buffer)) > 0; length += read)
            hash.Append(buffer.AsSpan(0, read));
        return new LargeText(file, from, length, firstLine, hash.Finish());
    }

    /// <summary>A part of it.</summary>
    /// <param name="start">Where it starts in this text.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="line">The line of the file where it starts.</param>
    public LargeText Part(long start, long end, int line)
    {
        using var reader = file.Open(from + start, from + end);
        return Of(file, reader, from + start, line);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="LockkeeperException">The file was changed, at the place where that is seen.</exception>
    public TextReader Open() => file.Open(from, from + length);

    /// <summary>All of it, for what cannot be done bit by bit.</summary>
    /// <exception cref="LockkeeperException">It is too long for that.</exception>
    public string Load()
    {
        if (length > MostLoaded)
        {
            throw new LockkeeperException(
                MigrateErrors.FileTooLarge, $"{file.Shown} has {length:N0} characters, and what is asked for needs it in memory as a whole",
                $"Split the file: up to {MostLoaded:N0} characters can be taken so.", new SourcePosition(file.Shown, firstLine, 1));
        }

        using var reader = Open();
        return string.Create((int)length, reader, (text, source) => source.ReadBlock(text));
    }

    /// <summary>The comments and blank lines that it begins with, and a piece of what comes after them.</summary>
    public string Head()
    {
        using var reader = Open();
        var (head, buffer, line) = (new StringBuilder(), new char[4096], 0);
        for (int read; (read = reader.Read(buffer)) > 0;)
        {
            head.Append(buffer, 0, read);
            if (!IsComment(head.ToString(line, head.Length - line), out var last))
                break;
            line += last;
        }

        return head.ToString();
    }

    /// <summary>Whether a text may be the beginning of comments and nothing else, and where its last line starts.</summary>
    private static bool IsComment(string text, out int last)
    {
        last = text.LastIndexOf('\n') + 1;
        foreach (var line in text.Split('\n'))
        {
            var words = line.AsSpan().TrimStart();
            if (words.Length > 1 && !words.StartsWith("--"))
                return false;
        }

        return true;
    }
}
