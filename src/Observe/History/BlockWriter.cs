using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Lockkeeper.Observe.History;

/// <summary>Writes a block of samples series by series.</summary>
internal sealed class BlockWriter : IDisposable
{
    private const int FlushAt = 32 * 1024;

    private readonly ArrayBufferWriter<byte> bytes = new(2 * FlushAt);
    private readonly MemoryStream packed = new();
    private readonly DeflateStream deflate;
    private long last;

    /// <param name="times">The moments, in milliseconds since 1970, rising.</param>
    public BlockWriter(IReadOnlyCollection<long> times)
    {
        packed.WriteByte(BlockCodec.Format);
        deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true);
        Varint((ulong)times.Count);
        long before = 0;
        foreach (var time in times)
        {
            Varint((ulong)(time - before));
            before = time;
        }
    }

    /// <summary>Adds a series.</summary>
    /// <param name="series">Its number, above that of the one before.</param>
    /// <param name="values">A value for each moment; <see cref="Query.Point.Stale"/> where the series was not there.</param>
    public void Add(long series, ReadOnlySpan<double> values)
    {
        Varint((ulong)(series - last));
        last = series;
        Values(values);
        if (bytes.WrittenCount >= FlushAt)
            Flush();
    }

    /// <summary>The whole block.</summary>
    public byte[] Finish()
    {
        Varint(0);
        Flush();
        deflate.Dispose();
        return packed.ToArray();
    }

    public void Dispose()
    {
        deflate.Dispose();
        packed.Dispose();
    }

    private void Flush()
    {
        deflate.Write(bytes.WrittenSpan);
        bytes.ResetWrittenCount();
    }

    private void Values(ReadOnlySpan<double> values)
    {
        var (isConstant, isWhole) = (true, true);
        foreach (var value in values)
        {
            isConstant &= BlockCodec.Bits(value) == BlockCodec.Bits(values[0]);
            isWhole &= BlockCodec.IsWhole(value);
        }

        if (isConstant && isWhole)
        {
            Byte(BlockCodec.ConstantWhole);
            Varint(BlockCodec.Zigzag((long)values[0]));
        }
        else if (isConstant)
        {
            Byte(BlockCodec.Constant);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(8), BlockCodec.Bits(values[0]));
            bytes.Advance(8);
        }
        else if (isWhole)
        {
            Byte(BlockCodec.Whole);
            long value = 0, step = 0;
            foreach (var next in values)
            {
                var nextStep = (long)next - value;
                Varint(BlockCodec.Zigzag(nextStep - step));
                (value, step) = ((long)next, nextStep);
            }
        }
        else
        {
            Byte(BlockCodec.Any);
            ulong before = 0;
            foreach (var value in values)
            {
                // Equal signs and exponents leave zeros in front, short fractions behind: turned round, both make a short varint.
                Varint(BinaryPrimitives.ReverseEndianness(BlockCodec.Bits(value) ^ before));
                before = BlockCodec.Bits(value);
            }
        }
    }

    private void Byte(byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    private void Varint(ulong value)
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
}
