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
    /// <summary>UTF-8 that refuses what is none.</summary>
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? kept;

    /// <summary>The path as a user would type it, relative to the project folder.</summary>
    public required string File { get; init; }

    /// <summary>The text with LF line ends and without byte order mark; placeholders not yet replaced. Of a large file it is read anew at each call.</summary>
    public string Text
    {
        get => kept ?? Large!.Load();
        init => (kept, Large) = (value, null);
    }

    /// <summary>The text of a file that is too large to be kept; null when it is in memory.</summary>
    public LargeText? Large { get; private init; }

    /// <summary>At least the comments and blank lines that it begins with.</summary>
    public string Head => kept ?? Large!.Head();

    /// <summary>SHA-256 of <see cref="Text"/> in UTF-8, lower-case hex: the same on Windows and Linux checkouts.</summary>
    public string Sha256
    {
        get => Hash.Value;
        init => Hash = ScriptHash.Known(value);
    }

    private ScriptHash Hash { get; init; } = ScriptHash.Known("");

    /// <summary>The line of <see cref="File"/> where <see cref="Text"/> starts, from 1: a file may hold several scripts.</summary>
    public int FirstLine { get; init; } = 1;

    /// <summary>Where it starts.</summary>
    public SourcePosition At => new(File, FirstLine, 1);

    /// <summary>Whether the file says that it must not run in one transaction.</summary>
    public bool NoTransaction { get; init; }

    /// <summary>The file's own time limit for each statement, or null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The columns whose old form it takes away: a gate holds it until nothing uses them. Each <c>schema.table.column</c> as written.</summary>
    public IReadOnlyList<string> ContractOf { get; init; } = [];

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
    public static MigrationScript Read(string path, string shown) => ReadUnlessLarge(path, shown) is { } bytes ? Of(TextOf(bytes, shown), shown) : Of(LargeFile.Scan(path, shown).Whole);

    /// <summary>The bytes of a file, opened once: a series may have ten thousand of them. Null for one that is too large to be kept.</summary>
    private static byte[]? ReadUnlessLarge(string path, string shown)
    {
        try
        {
            using var handle = System.IO.File.OpenHandle(path);
            var length = RandomAccess.GetLength(handle);
            if (length > LargeFile.Threshold)
                return null;
            // One byte more than there should be: then a file that grows meanwhile is noticed.
            var bytes = new byte[length + 1];
            var read = 0;
            for (int now; read < bytes.Length && (now = RandomAccess.Read(handle, bytes.AsSpan(read), read)) > 0;)
                read += now;
            return read == length ? bytes[..read] : ReadBytes(path, shown);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(shown, e);
        }
        catch (NotSupportedException)
        {
            // A pipe has no length.
            return ReadBytes(path, shown);
        }
    }

    /// <summary>The text of a file with LF line ends and without byte order mark.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="shown">The path as a user would type it.</param>
    public static string ReadText(string path, string shown) => TextOf(ReadBytes(path, shown), shown);

    private static string TextOf(byte[] bytes, string shown)
    {
        var text = Decode(bytes, shown);
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
            Hash = ScriptHash.Of(text),
            NoTransaction = directives.NoTransaction,
            Timeout = directives.Timeout,
            ContractOf = directives.ContractOf,
        };
    }

    /// <summary>A script out of a large file or a part of one.</summary>
    public static MigrationScript Of(LargeText large)
    {
        if (large.Length <= LargeFile.Threshold)
            return Of(large.Load(), large.File.Shown, large.FirstLine);
        var directives = Directives.Read(large.Head(), large.File.Shown, large.FirstLine);
        return new MigrationScript
        {
            File = large.File.Shown,
            Large = large,
            FirstLine = large.FirstLine,
            Sha256 = large.Sha256,
            NoTransaction = directives.NoTransaction,
            Timeout = directives.Timeout,
            ContractOf = directives.ContractOf,
        };
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
            throw NotUtf8(shown, at, e);
        }
    }

    /// <summary>The error of a file with bytes that are no text.</summary>
    public static LockkeeperException NotUtf8(string shown, SourcePosition at, Exception e) => new(MigrateErrors.NotUtf8, $"{shown} is not valid UTF-8", "Save the file as UTF-8.", at, e);
}
