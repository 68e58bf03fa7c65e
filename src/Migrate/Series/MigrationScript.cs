using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>What a script is written for, and so what may stand in it.</summary>
internal enum ScriptStyle
{
    /// <summary>Statements.</summary>
    Statements,

    /// <summary>A script for psql, as Sqitch has them: it may set what psql prints, and be empty.</summary>
    Psql,

    /// <summary>One that only looks, and rolls back in the end.</summary>
    PsqlVerify,
}

/// <summary>A script of a migration, as read from its file.</summary>
internal sealed record MigrationScript
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The path as a user would type it, relative to the project folder.</summary>
    public required string File { get; init; }

    /// <summary>The text with LF line ends and without byte order mark; placeholders not yet replaced.</summary>
    public required string Text { get; init; }

    /// <summary>SHA-256 of <see cref="Text"/> in UTF-8, lower-case hex: the same on Windows and Linux checkouts.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The line of <see cref="File"/> where <see cref="Text"/> starts, from 1: a file may hold several scripts.</summary>
    public int FirstLine { get; init; } = 1;

    /// <summary>Where it starts.</summary>
    public SourcePosition At => new(File, FirstLine, 1);

    /// <summary>Whether the file says that it must not run in one transaction.</summary>
    public bool NoTransaction { get; init; }

    /// <summary>The file's own time limit for each statement, or null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What it is written for.</summary>
    public ScriptStyle Style { get; init; }

    /// <summary>Whether placeholders are replaced in it.</summary>
    public bool ReplacePlaceholders { get; init; } = true;

    /// <summary>Whether a <c>${name}</c> in it without a value is an error, whatever its format.</summary>
    public bool RequirePlaceholders { get; init; }

    /// <summary>The parts that it is put together from, each with its own place; null when all of it is one text of <see cref="File"/>.</summary>
    /// <remarks>Their placeholders are replaced already.</remarks>
    public IReadOnlyList<ScriptPart>? Parts { get; init; }

    /// <summary>Whether it is allowed to have no statement: a changeset that only sets a tag, a way back that is said to be not needed.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="shown">The path as a user would type it.</param>
    public static MigrationScript Read(string path, string shown) => Of(ReadText(path, shown), shown);

    /// <summary>The text of a file with LF line ends and without byte order mark.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="shown">The path as a user would type it.</param>
    public static string ReadText(string path, string shown)
    {
        var text = Decode(ReadBytes(path, shown), shown);
        if (text.Length > 0 && text[0] == '\uFEFF')
            text = text[1..];
        if (text.Contains('\r', StringComparison.Ordinal))
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return text;
    }

    /// <summary>A script out of a part of a file.</summary>
    /// <param name="text">The part, as <see cref="ReadText"/> gives it.</param>
    /// <param name="shown">The file as a user would type it.</param>
    /// <param name="firstLine">The line of the file where the part starts.</param>
    public static MigrationScript Of(string text, string shown, int firstLine = 1)
    {
        var directives = Directives.Read(text, shown, firstLine);
        return new MigrationScript
        {
            File = shown,
            Text = text,
            FirstLine = firstLine,
            Sha256 = Hash(text),
            NoTransaction = directives.NoTransaction,
            Timeout = directives.Timeout,
        };
    }

    /// <summary>Bit by bit: a second copy of a file of a hundred megabytes would be too much.</summary>
    private static string Hash(string text)
    {
        const int step = 16_384;
        if (text.Length <= step)
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var encoder = Encoding.UTF8.GetEncoder();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(step)];
        for (var at = 0; at < text.Length; at += step)
        {
            var part = text.AsSpan(at, Math.Min(step, text.Length - at));
            hash.AppendData(bytes, 0, encoder.GetBytes(part, bytes, flush: at + step >= text.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="shown">The path as a user would type it.</param>
    public static byte[] ReadBytes(string path, string shown)
    {
        try
        {
            return System.IO.File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(shown, e);
        }
    }

    /// <summary>The error of a file that cannot be read.</summary>
    public static LockkeeperException Unreadable(string shown, Exception e) =>
        new(MigrateErrors.FileUnreadable, $"{shown} cannot be read: {e.Message}", "Check that the file exists and that this user may read it.", inner: e);

    private static string Decode(byte[] bytes, string shown)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            var before = bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length));
            var lineStart = before.LastIndexOf((byte)'\n') + 1;
            var at = new SourcePosition(shown, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
            throw new LockkeeperException(MigrateErrors.NotUtf8, $"{shown} is not valid UTF-8", "Save the file as UTF-8.", at, e);
        }
    }
}
