using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>PostgreSQL's own grammar as the shared library libpg_query. Safe to call from many threads: the library keeps its state
/// per thread.</summary>
internal sealed unsafe class LibPgQuery
{
    private static readonly Lazy<LibPgQuery> Loaded = new(Load);

    private readonly delegate* unmanaged[Cdecl]<byte*, ParseResult> parse;
    private readonly delegate* unmanaged[Cdecl]<ParseResult, void> free;

    private LibPgQuery(string path, nint handle)
    {
        Path = path;
        parse = (delegate* unmanaged[Cdecl]<byte*, ParseResult>)NativeLibrary.GetExport(handle, "pg_query_parse");
        free = (delegate* unmanaged[Cdecl]<ParseResult, void>)NativeLibrary.GetExport(handle, "pg_query_free_parse_result");
    }

    /// <summary>The newest library on this machine, loaded when first asked for.</summary>
    /// <exception cref="LockkeeperException">None is installed, or none can be loaded.</exception>
    public static LibPgQuery Instance => Loaded.Value;

    /// <summary>The file that was loaded.</summary>
    public string Path { get; }

    /// <summary>Parses SQL.</summary>
    /// <returns>The tree, or the grammar's complaint.</returns>
    public ParsedSql Parse(string sql)
    {
        var length = Encoding.UTF8.GetMaxByteCount(sql.Length) + 1;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var written = Encoding.UTF8.GetBytes(sql, bytes);
            bytes[written] = 0;
            fixed (byte* input = bytes)
                return Read(parse(input));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private ParsedSql Read(ParseResult result)
    {
        try
        {
            return result.Error is null
                ? new ParsedSql(TreeReader.Read(result.Tree, NestingGuard.MostJsonLevels), Error: null, ErrorPosition: 0)
                : new ParsedSql(Tree: null, Marshal.PtrToStringUTF8((nint)result.Error->Message) ?? "", result.Error->CursorPosition);
        }
        finally
        {
            free(result);
        }
    }

    private static LibPgQuery Load()
    {
        var found = LibPgQueryFiles.NewestFirst();
        foreach (var path in found)
        {
            if (NativeLibrary.TryLoad(path, out var handle) && NativeLibrary.TryGetExport(handle, "pg_query_parse", out _))
                return new LibPgQuery(path, handle);
        }

        throw new LockkeeperException(
            SqlErrors.LibraryMissing,
            found.Count == 0 ? "the library libpg_query is not installed" : $"the library '{found[0]}' cannot be loaded",
            $"Install it with '{LibPgQueryFiles.InstallCommand}'; 'lk doctor' shows what else is missing.");
    }

    /// <summary>The C struct PgQueryParseResult.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ParseResult
    {
        public byte* Tree;
        public byte* StandardError;
        public ParseError* Error;
    }

    /// <summary>The C struct PgQueryError.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ParseError
    {
        public byte* Message;
        public byte* Function;
        public byte* File;
        public int Line;

        /// <summary>From 1, in characters; 0 when the complaint has no place.</summary>
        public int CursorPosition;
        public byte* Context;
    }
}
