using System.Buffers;
using System.Runtime.InteropServices;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>What libpg_query made of some SQL: its tree as JSON in UTF-8, or its complaint.</summary>
internal sealed unsafe class ParsedSql : IDisposable
{
    private readonly LibPgQuery.ParseResult result;
    private readonly delegate* unmanaged[Cdecl]<LibPgQuery.ParseResult, void> free;
    private bool disposed;

    public ParsedSql(LibPgQuery.ParseResult result, delegate* unmanaged[Cdecl]<LibPgQuery.ParseResult, void> free)
    {
        this.result = result;
        this.free = free;
    }

    /// <summary>The complaint; null when there is none.</summary>
    public string? Error => result.Error is null ? null : Marshal.PtrToStringUTF8((nint)result.Error->Message) ?? "";

    /// <summary>Where the complaint points: characters from 1; 0 for no place.</summary>
    public int ErrorPosition => result.Error is null ? 0 : result.Error->CursorPosition;

    /// <summary>The tree, without a copy: not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Tree => new TreeMemory(result.Tree).Memory;

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        free(result);
    }

    /// <summary>Lets managed readers see the library's memory.</summary>
    private sealed class TreeMemory(byte* tree) : MemoryManager<byte>
    {
        private readonly int length = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(tree).Length;

        public override Span<byte> GetSpan() => new(tree, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(tree + elementIndex);

        public override void Unpin()
        {
            // Unmanaged memory does not move.
        }

        protected override void Dispose(bool disposing)
        {
            // The owner frees the memory.
        }
    }
}
