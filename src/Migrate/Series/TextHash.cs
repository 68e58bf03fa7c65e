using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Migrate.Series;

/// <summary>SHA-256 of a text in UTF-8, bit by bit: a second copy of a large one would be too much.</summary>
internal sealed class TextHash : IDisposable
{
    private const int Step = 16_384;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
    private readonly byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(Step)];

    /// <summary>The hash of a whole text, lower-case hex.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Step)
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        using var whole = new TextHash();
        whole.Append(text);
        return whole.Finish();
    }

    /// <summary>Takes the next piece in.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        for (; text.Length > 0; text = text[Math.Min(Step, text.Length)..])
            hash.AppendData(bytes, 0, encoder.GetBytes(text[..Math.Min(Step, text.Length)], bytes, flush: false));
    }

    /// <summary>The hash, lower-case hex.</summary>
    public string Finish()
    {
        hash.AppendData(bytes, 0, encoder.GetBytes([], bytes, flush: true));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose() => hash.Dispose();
}
