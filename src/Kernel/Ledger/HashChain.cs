using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Kernel.Ledger;

/// <summary>The hash chain over ledger entries: each hash covers the entry's fields and the hash before.</summary>
public static class HashChain
{
    /// <summary>The hash before the first entry.</summary>
    public static string Origin { get; } = new('0', 64);

    /// <summary>The hash of an entry.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="at">Its time; milliseconds count.</param>
    /// <param name="fact">Its fact.</param>
    /// <param name="previousHash">The hash before.</param>
    public static string Hash(long number, DateTimeOffset at, LedgerFact fact, string previousHash)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> numbers = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(numbers, number);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], at.ToUnixTimeMilliseconds());
        hash.AppendData(numbers);
        // Each field is preceded by its length, so that no two different entries give the same bytes; -1 is null.
        Append(hash, previousHash);
        Append(hash, fact.Kind);
        Append(hash, fact.Run);
        Append(hash, fact.Environment);
        Append(hash, fact.Database);
        Append(hash, fact.Actor);
        Append(hash, fact.Body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Links a fact to the entry before it.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="at">When.</param>
    /// <param name="previous">The entry before, or null for the first.</param>
    public static LedgerEntry Link(LedgerFact fact, DateTimeOffset at, (long Number, string Hash)? previous)
    {
        var number = (previous?.Number ?? 0) + 1;
        var previousHash = previous?.Hash ?? Origin;
        var time = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        return new LedgerEntry(number, time, fact, previousHash, Hash(number, time, fact, previousHash));
    }

    private static void Append(IncrementalHash hash, string? text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
