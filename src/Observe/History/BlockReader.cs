using System.Buffers.Binary;
using System.IO.Compression;

namespace Lockkeeper.Observe.History;

/// <summary>Reads a block of samples series by series.</summary>
internal sealed class BlockReader : IDisposable
{
    // A damaged length must not ask for memory without end.
    private const int MostMoments = 1_000_000;

    private readonly DeflateStream deflate;
    private readonly byte[] buffer = new byte[4096];
    private readonly double[] values;
    private int at;
    private int filled;

    /// <param name="content">The block; it is closed with this.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public BlockReader(Stream content)
    {
        deflate = new DeflateStream(content, CompressionMode.Decompress);
        try
        {
            if (content.ReadByte() != BlockCodec.Format)
                throw Damaged();
            Times = new long[Varint() is <= MostMoments and var count ? (int)count : throw Damaged()];
            for (var i = 0; i < Times.Length; i++)
                Times[i] = (i == 0 ? 0 : Times[i - 1]) + (long)Varint();
            values = new double[Times.Length];
        }
        catch
        {
            deflate.Dispose();
            throw;
        }
    }

    /// <summary>The moments, in milliseconds since 1970, rising.</summary>
    public long[] Times { get; }

    /// <summary>The number of the present series.</summary>
    public long Series { get; private set; }

    /// <summary>Its values, until the next one is read.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>Goes on to the next series; false when there is none.</summary>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public bool Next()
    {
        var step = (long)Varint();
        if (step == 0)
            return false;
        // Overflows and a step back would make two series of one.
        if (step < 0 || Series + step < 0)
            throw Damaged();
        Series += step;
        Read();
        return true;
    }

    public void Dispose() => deflate.Dispose();

    private static InvalidDataException Damaged() => new("not a block of samples");

    private void Read()
    {
        switch (Byte())
        {
            case BlockCodec.Constant:
                Span<byte> bits = stackalloc byte[8];
                for (var i = 0; i < bits.Length; i++)
                    bits[i] = Byte();
                Array.Fill(values, BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReadUInt64LittleEndian(bits)));
                break;
            case BlockCodec.ConstantWhole:
                Array.Fill(values, BlockCodec.Zigzag(Varint()));
                break;
            case BlockCodec.Whole:
                long value = 0, step = 0;
                for (var i = 0; i < values.Length; i++)
                {
                    step += BlockCodec.Zigzag(Varint());
                    value += step;
                    values[i] = value;
                }

                break;
            case BlockCodec.Any:
                ulong before = 0;
                for (var i = 0; i < values.Length; i++)
                {
                    before ^= BinaryPrimitives.ReverseEndianness(Varint());
                    values[i] = BitConverter.UInt64BitsToDouble(before);
                }

                break;
            default:
                throw Damaged();
        }
    }

    private byte Byte()
    {
        if (at == filled)
        {
            (at, filled) = (0, deflate.Read(buffer));
            if (filled == 0)
                throw new InvalidDataException("a block of samples ends too early");
        }

        return buffer[at++];
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Damaged();
    }
}
