using System.Globalization;

namespace Lockkeeper.Backup.Wal;

/// <summary>A segment of the write-ahead log.</summary>
/// <param name="Timeline">Its timeline.</param>
/// <param name="Number">How many segments of the same size there are before it, from the first byte of the log on.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct WalSegment(uint Timeline, ulong Number)
{
    /// <summary>The length of a segment's name: timeline, log and segment in eight hexadecimal digits each.</summary>
    public const int NameLength = 24;

    /// <summary>Reads the name of a segment; anything that follows the 24 digits is the caller's.</summary>
    /// <param name="name">The name.</param>
    /// <param name="segmentBytes">The server's <c>wal_segment_size</c>.</param>
    /// <param name="segment">The segment.</param>
    public static bool TryParse(ReadOnlySpan<char> name, int segmentBytes, out WalSegment segment)
    {
        segment = default;
        if (name.Length < NameLength
            || !uint.TryParse(name[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var timeline)
            || !uint.TryParse(name[8..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var log)
            || !uint.TryParse(name[16..24], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            return false;
        // A "log" is 4 GB whatever the size of its segments (PostgreSQL's XLogSegmentsPerXLogId).
        var perLog = 0x1_0000_0000UL / (ulong)segmentBytes;
        if (timeline == 0 || low >= perLog)
            return false;
        segment = new WalSegment(timeline, (log * perLog) + low);
        return true;
    }

    /// <summary>The segment that a place is in.</summary>
    public static WalSegment At(uint timeline, Lsn lsn, int segmentBytes) => new(timeline, lsn.Value / (ulong)segmentBytes);

    /// <summary>Its first byte.</summary>
    public Lsn Start(int segmentBytes) => new(Number * (ulong)segmentBytes);

    /// <summary>Its name as a file.</summary>
    public string Name(int segmentBytes)
    {
        var perLog = 0x1_0000_0000UL / (ulong)segmentBytes;
        return string.Create(CultureInfo.InvariantCulture, $"{Timeline:X8}{Number / perLog:X8}{Number % perLog:X8}");
    }
}
