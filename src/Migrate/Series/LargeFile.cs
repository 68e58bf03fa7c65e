using System.Security.Cryptography;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>A file that is too large to be kept in memory. It is read as a stream each time that it is needed, and each of its blocks must then be as it was at first:
/// no statement is sent that was not checked, whatever happens to the file in the meantime.</summary>
internal sealed class LargeFile
{
    /// <summary>Bytes from which on a file is not kept.</summary>
    public const int Threshold = 8 * 1024 * 1024;

    private readonly string path;
    private readonly List<byte[]> blocks = [];

    private LargeFile(string path, string shown) => (this.path, Shown) = (path, shown);

    /// <summary>The path as a user would type it.</summary>
    public string Shown { get; }

    /// <summary>Its size.</summary>
    public long Bytes { get; private set; }

    /// <summary>The whole of it.</summary>
    public LargeText Whole { get; private set; } = null!;

    /// <summary>Reads a file for the first time.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="shown">The path as a user would type it.</param>
    /// <exception cref="LockkeeperException">It cannot be read or is not UTF-8.</exception>
    public static LargeFile Scan(string path, string shown)
    {
        var file = new LargeFile(path, shown);
        using var reader = new LargeFileReader(file.OpenStream(), shown, file.Take, 0, long.MaxValue);
        file.Whole = LargeText.Of(file, reader, 0, 1);
        return file;
    }

    /// <summary>Reads it again, or a part of it: with LF line ends and without byte order mark.</summary>
    /// <param name="from">Where the part starts, in UTF-16 units.</param>
    /// <param name="to">Where it ends.</param>
    public LargeFileReader Open(long from, long to) => new(OpenStream(), Shown, RequireSame, from, to);

    private FileStream OpenStream()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw MigrationScript.Unreadable(Shown, e);
        }
    }

    private void Take(int index, ReadOnlySpan<byte> block)
    {
        blocks.Add(SHA256.HashData(block));
        Bytes += block.Length;
    }

    private void RequireSame(int index, ReadOnlySpan<byte> block)
    {
        if (index < blocks.Count && blocks[index].AsSpan().SequenceEqual(SHA256.HashData(block)))
            return;
        throw new LockkeeperException(
            MigrateErrors.FileChanged, $"{Shown} was changed while this run worked with it", "Let nobody write to the file, look at what it holds now, and run the command again.", new SourcePosition(Shown, 1, 1));
    }
}
