namespace Lockkeeper.Observe.History;

/// <summary>What is common to writing and reading blocks of samples: the values of many series at the same moments, in few bytes.</summary>
/// <remarks>
/// Layout before deflating: number of moments, the moments as differences, and each series in the order of the numbers: its number as a difference, a kind, its values; then a zero. Whole numbers are
/// differences of differences with zigzag varints, other values are XORed with the one before (as in Facebook's Gorilla, section 4.1.2, by whole bytes).
/// A block is written and read series by series, so that putting forty of half a million series together takes no more memory than forty of one.
/// </remarks>
internal static class BlockCodec
{
    public const byte Format = 2;

    // The kinds of values: one number for all, one whole number for all, whole numbers, any.
    public const byte Constant = 0;
    public const byte Whole = 1;
    public const byte Any = 2;
    public const byte ConstantWhole = 3;

    // Past it a double does not hold each whole number.
    private const double LargestWhole = 1L << 53;

    // The sign of -0.0 would be lost.
    public static bool IsWhole(double value) => Math.Abs(value) < LargestWhole && Bits(value) == Bits((double)(long)value);

    public static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
