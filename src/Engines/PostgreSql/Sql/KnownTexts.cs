using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Gives the same string for the same bytes most of the time: trees repeat the names of fields and kinds, and those of a schema. Safe to call from many threads.</summary>
internal static class KnownTexts
{
    private const int LongestKept = 40;
    private const int Slots = 2048;

    private static readonly string?[] Kept = new string?[Slots];

    /// <param name="utf8">The text.</param>
    /// <param name="hash">Of all its bytes.</param>
    public static string Get(ReadOnlySpan<byte> utf8, uint hash)
    {
        if (utf8.Length > LongestKept)
            return Encoding.UTF8.GetString(utf8);
        ref var slot = ref Kept[(hash ^ (hash >> 11)) % Slots];
        var kept = slot;
        if (kept is not null && IsSame(kept, utf8))
            return kept;
        var text = Encoding.UTF8.GetString(utf8);
        slot = text;
        return text;
    }

    /// <summary>By hand: what the library compares many bytes with is compiled at each start. Texts beyond ASCII are not compared.</summary>
    private static bool IsSame(string text, ReadOnlySpan<byte> utf8)
    {
        if (text.Length != utf8.Length)
            return false;
        for (var index = 0; index < utf8.Length; index++)
        {
            if (utf8[index] > 0x7F || text[index] != utf8[index])
                return false;
        }

        return true;
    }
}
