using System.Buffers;

namespace Lockkeeper.Kernel.Reports;

/// <summary>Bytes in one piece of memory that goes back to the pool. A server that made a new large array for each answer would collect its whole heap some times a second.</summary>
internal sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    private byte[] held = ArrayPool<byte>.Shared.Rent(16 << 10);
    private int length;

    /// <summary>What was written; only until this is disposed.</summary>
    public ReadOnlySpan<byte> Written => held.AsSpan(0, length);

    /// <inheritdoc/>
    public void Advance(int count) => length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return held.AsMemory(length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(held);
        held = [];
        length = 0;
    }

    private void MakeRoom(int more)
    {
        if (held.Length - length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(held.Length * 2, length + more));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(held);
        held = larger;
    }
}
