using System.Text;
using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Cli.Rendering;

/// <summary>Tells keys by the bytes that a terminal sends.</summary>
internal static class KeyReader
{
    private static readonly Dictionary<string, KeyName> sequences = new(StringComparer.Ordinal)
    {
        ["[A"] = KeyName.Up, ["OA"] = KeyName.Up, ["[B"] = KeyName.Down, ["OB"] = KeyName.Down, ["[5~"] = KeyName.PageUp, ["[6~"] = KeyName.PageDown,
        ["[H"] = KeyName.Home, ["OH"] = KeyName.Home, ["[1~"] = KeyName.Home, ["[F"] = KeyName.End, ["OF"] = KeyName.End, ["[4~"] = KeyName.End,
    };

    /// <summary>Whether bytes end inside of a key: an escape may be the key itself or the beginning of another, and only a moment of waiting tells.</summary>
    public static bool IsUnfinished(ReadOnlySpan<byte> bytes)
    {
        var escape = bytes.LastIndexOf((byte)0x1b);
        if (escape < 0)
            return false;
        var rest = bytes[(escape + 1)..];
        return rest.Length == 0 || (rest[0] is (byte)'[' or (byte)'O' && SequenceLength(rest) == 0);
    }

    /// <summary>The keys in their order; what is no key of ours is left out.</summary>
    public static IReadOnlyList<KeyPress> Keys(ReadOnlySpan<byte> bytes)
    {
        var keys = new List<KeyPress>();
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == 0x1b)
            {
                var length = bytes.Length > 1 && bytes[1] is (byte)'[' or (byte)'O' ? SequenceLength(bytes[1..]) : 0;
                if (length == 0)
                    keys.Add(new KeyPress(KeyName.Escape));
                else if (sequences.TryGetValue(Encoding.ASCII.GetString(bytes.Slice(1, length)), out var name))
                    keys.Add(new KeyPress(name));
                bytes = bytes[(1 + length)..];
                continue;
            }

            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var taken);
            bytes = bytes[Math.Max(taken, 1)..];
            if (status == System.Buffers.OperationStatus.Done && Of(rune) is { } key)
                keys.Add(key);
        }

        return keys;
    }

    private static KeyPress? Of(Rune rune) => rune.Value switch
    {
        '\r' or '\n' => new KeyPress(KeyName.Enter),
        '\t' => new KeyPress(KeyName.Tab),
        0x7f or 0x08 => new KeyPress(KeyName.Backspace),
        < 0x20 => null,
        _ => new KeyPress(KeyName.Text, rune.ToString()),
    };

    /// <summary>The bytes of a sequence after its escape, ECMA-48: parameters up to a final byte; 0 when it has no end.</summary>
    private static int SequenceLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == (byte)'O')
            return bytes.Length > 1 ? 2 : 0;
        for (var i = 1; i < bytes.Length; i++)
        {
            if (bytes[i] is >= 0x40 and <= 0x7e)
                return i + 1;
        }

        return 0;
    }
}
