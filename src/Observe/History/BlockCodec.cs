using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Lockkeeper.Observe.History;

/// <summary>Writes a block of samples in few bytes: series that stand still cost two or three, counters of whole numbers the difference of their steps, all of it deflated.</summary>
/// <remarks>
/// Layout before deflating: number of moments, the moments as differences, number of series, and each series: its number as a difference, a kind, its values. Whole numbers are
/// differences of differences with zigzag varints, other values are XORed with the one before (as in Facebook's Gorilla, section 4.1.2, by whole bytes).
/// </remarks>
internal static class BlockCodec
{
    private const byte Format = 1;
    private const byte Constant = 0;
    private const byte Whole = 1;
    private const byte Any = 2;

    // Past it a double does not hold each whole number.
    private const double LargestWhole = 1L << 53;

    public static byte[] Encode(SampleBlock block)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        Varint(bytes, (ulong)block.Times.Length);
        long before = 0;
        foreach (var time in block.Times)
        {
            Varint(bytes, (ulong)(time - before));
            before = time;
        }

        Varint(bytes, (ulong)block.Values.Count);
        long last = 0;
        foreach (var (series, values) in block.Values.OrderBy(pair => pair.Key))
        {
            Varint(bytes, (ulong)(series - last));
            last = series;
            Values(bytes, values);
        }

        using var packed = new MemoryStream();
        packed.WriteByte(Format);
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(bytes.WrittenSpan);
        return packed.ToArray();
    }

    /// <exception cref="InvalidDataException">These bytes are no block.</exception>
    public static SampleBlock Decode(byte[] content)
    {
        if (content.Length == 0 || content[0] != Format)
            throw new InvalidDataException("not a block of samples");
        using var packed = new MemoryStream(content, 1, content.Length - 1);
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        deflate.CopyTo(plain);
        var bytes = new Reader(plain.GetBuffer().AsMemory(0, (int)plain.Length));
        var times = new long[bytes.Count()];
        for (var i = 0; i < times.Length; i++)
            times[i] = (i == 0 ? 0 : times[i - 1]) + (long)bytes.Varint();
        var count = bytes.Count();
        var values = new Dictionary<long, double[]>(count);
        long series = 0;
        for (var i = 0; i < count; i++)
        {
            series += (long)bytes.Varint();
            values[series] = Values(bytes, times.Length);
        }

        return new SampleBlock(times, values);
    }

    private static void Values(ArrayBufferWriter<byte> bytes, double[] values)
    {
        if (Array.TrueForAll(values, value => Bits(value) == Bits(values[0])))
        {
            Byte(bytes, Constant);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(8), Bits(values[0]));
            bytes.Advance(8);
            return;
        }

        if (Array.TrueForAll(values, IsWhole))
        {
            Byte(bytes, Whole);
            long value = 0, step = 0;
            foreach (var next in values)
            {
                var nextStep = (long)next - value;
                Varint(bytes, Zigzag(nextStep - step));
                (value, step) = ((long)next, nextStep);
            }

            return;
        }

        Byte(bytes, Any);
        ulong before = 0;
        foreach (var value in values)
        {
            // Equal signs and exponents leave zeros in front, short fractions behind: turned round, both make a short varint.
            var bits = Bits(value);
            Varint(bytes, BinaryPrimitives.ReverseEndianness(bits ^ before));
            before = bits;
        }
    }

    private static double[] Values(Reader bytes, int count)
    {
        var values = new double[count];
        switch (bytes.Byte())
        {
            case Constant:
                Array.Fill(values, BitConverter.UInt64BitsToDouble(bytes.Fixed()));
                break;
            case Whole:
                long value = 0, step = 0;
                for (var i = 0; i < count; i++)
                {
                    step += Zigzag(bytes.Varint());
                    value += step;
                    values[i] = value;
                }

                break;
            case Any:
                ulong bits = 0;
                for (var i = 0; i < count; i++)
                {
                    bits ^= BinaryPrimitives.ReverseEndianness(bytes.Varint());
                    values[i] = BitConverter.UInt64BitsToDouble(bits);
                }

                break;
            default:
                throw new InvalidDataException("not a block of samples");
        }

        return values;
    }

    // The sign of -0.0 would be lost.
    private static bool IsWhole(double value) => Math.Abs(value) < LargestWhole && Bits(value) == Bits((double)(long)value);

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static void Byte(ArrayBufferWriter<byte> bytes, byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    private static void Varint(ArrayBufferWriter<byte> bytes, ulong value)
    {
        var span = bytes.GetSpan(10);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        bytes.Advance(length);
    }

    private sealed class Reader(ReadOnlyMemory<byte> bytes)
    {
        // A damaged length must not ask for memory without end.
        private const int Most = 50_000_000;
        private int at;

        public byte Byte() => at < bytes.Length ? bytes.Span[at++] : throw new InvalidDataException("a block of samples ends too early");

        public int Count() => Varint() is <= Most and var count ? (int)count : throw new InvalidDataException("not a block of samples");

        public ulong Fixed()
        {
            if (at + 8 > bytes.Length)
                throw new InvalidDataException("a block of samples ends too early");
            at += 8;
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[(at - 8)..]);
        }

        public ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; shift < 70; shift += 7)
            {
                var next = Byte();
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
            }

            throw new InvalidDataException("not a block of samples");
        }
    }
}
