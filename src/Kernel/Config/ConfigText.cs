using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config;

/// <summary>The text of a configuration file.</summary>
internal static class ConfigText
{
    private const int MaxBytes = 1024 * 1024;

    public static string Read(string file, string shownAs)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            // One byte past the limit at most; the length of a pipe or of /dev/zero says nothing.
            var bytes = new byte[stream.CanSeek && stream.Length is > 0 and <= MaxBytes ? stream.Length : MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Decode(bytes.AsSpan(0, length), shownAs);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LockkeeperException(KernelErrors.ConfigMissing, $"there is no file {shownAs}", "Run 'lk init' to make a configuration, or name another file with --config FILE.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.ConfigMissing, $"the file {shownAs} cannot be read", "It must be a file that this user may read.", inner: e);
        }
    }

    public static string Decode(ReadOnlySpan<byte> bytes, string shownAs)
    {
        if (bytes.Length > MaxBytes)
            throw Refuse(shownAs, 1, 1, "the file is larger than 1 MB", "A configuration is far smaller: check that this is the right file.");
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        for (var i = 0; i < bytes.Length;)
        {
            // No character, a stray byte or NUL (which UTF-16 text is full of): the position is that of the byte.
            if (Rune.DecodeFromUtf8(bytes[i..], out var rune, out var length) != System.Buffers.OperationStatus.Done || rune.Value == 0)
                throw Invalid(bytes[..i], shownAs);
            i += length;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private static LockkeeperException Invalid(ReadOnlySpan<byte> before, string shownAs)
    {
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return Refuse(shownAs, line, column, "the file is not UTF-8 text", "Save it as UTF-8.");
    }

    private static LockkeeperException Refuse(string shownAs, int line, int column, string message, string hint) =>
        new(KernelErrors.ConfigSyntax, message, hint, new SourcePosition(shownAs, line, column));
}
