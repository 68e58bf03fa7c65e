namespace Lockkeeper.Kernel.Ledger;

/// <summary>In which way a ledger was tampered with.</summary>
public enum TamperKind
{
    /// <summary>The entry's content is not what was written.</summary>
    Changed,

    /// <summary>The entry is gone.</summary>
    Missing,

    /// <summary>The entry stands where another was written.</summary>
    OutOfPlace,

    /// <summary>The last entries are gone, from this one on.</summary>
    TailCutOff,

    /// <summary>The entry came in without the ledger.</summary>
    Added,

    /// <summary>The chain is sound in itself but does not end in the recorded hash: it was written anew from some entry up to this one.</summary>
    Rewritten,
}

/// <summary>The first entry that was tampered with.</summary>
/// <param name="Number">The entry's number.</param>
/// <param name="Kind">How.</param>
/// <param name="WrittenAs">The number that the content was written under, when it stands in another's place.</param>
public sealed record Tampering(long Number, TamperKind Kind, long? WrittenAs = null)
{
    /// <summary>What was found, as a lower-case sentence.</summary>
    public string Words => Kind switch
    {
        TamperKind.Changed => $"entry {Number} was changed after it was written",
        TamperKind.Missing => $"entry {Number} is missing",
        TamperKind.OutOfPlace when WrittenAs is { } other => $"entry {Number} is out of place: it was written as entry {other}",
        TamperKind.OutOfPlace => $"entry {Number} is out of place: it does not follow the entry before it",
        TamperKind.TailCutOff => $"the end was cut off: entry {Number} and all after it are missing",
        TamperKind.Added => $"entry {Number} was added past the recorded end",
        _ => $"the entries up to {Number} were written anew: they do not end in the recorded hash",
    };
}

/// <summary>The answer of <see cref="ChainCheck"/>.</summary>
/// <param name="Last">Number and hash of the last entry that is sound; 0 and the chain's origin when none is.</param>
/// <param name="Problem">The first entry that is not sound, or null.</param>
public sealed record ChainAnswer((long Number, string Hash) Last, Tampering? Problem);

/// <summary>Recomputes the hash chain over a ledger and finds the first entry that was tampered with.</summary>
/// <remarks>
/// One who rewrites every entry from some point on and the recorded end too cannot be found out from the ledger alone; comparing the end
/// with one noted elsewhere (<c>lk ledger verify --head</c>) finds that as well.
/// </remarks>
public static class ChainCheck
{
    /// <summary>Checks a ledger entry by entry, in constant memory; other processes may append meanwhile.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="noted">An end that was noted elsewhere at some time and must still be in the chain; null for none.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<ChainAnswer> RunAsync(ILedger ledger, (long Number, string Hash)? noted, CancellationToken cancel)
    {
        var head = await ledger.HeadAsync(cancel);
        var end = head?.Number ?? 0;
        (long Number, string Hash) last = (0, HashChain.Origin);
        await foreach (var entry in ledger.ReadAsync(new LedgerFilter(), cancel))
        {
            // An entry past the end as it was may have been appended since: then the end has moved with it.
            if (entry.Number > end)
                end = (await ledger.HeadAsync(cancel))?.Number ?? 0;
            if (Problem(entry, last, end) is { } problem)
                return new ChainAnswer(last, problem);
            if (Differs(head, entry) || Differs(noted, entry))
                return new ChainAnswer(last, new Tampering(entry.Number, TamperKind.Rewritten));
            last = (entry.Number, entry.Hash);
        }

        var mustReach = Math.Max(head?.Number ?? 0, noted?.Number ?? 0);
        return new ChainAnswer(last, last.Number < mustReach ? new Tampering(last.Number + 1, TamperKind.TailCutOff) : null);
    }

    private static bool Differs((long Number, string Hash)? anchor, LedgerEntry entry) =>
        anchor is { } known && known.Number == entry.Number && known.Hash != entry.Hash;

    private static Tampering? Problem(LedgerEntry entry, (long Number, string Hash) last, long end)
    {
        var expected = last.Number + 1;
        if (entry.Number < expected)
            return new Tampering(expected, TamperKind.OutOfPlace, entry.Number);
        if (expected > end)
            return new Tampering(entry.Number, TamperKind.Added);
        if (entry.Number > expected)
            return new Tampering(expected, TamperKind.Missing);
        if (HashChain.Hash(entry.Number, entry.At, entry.Fact, entry.PreviousHash) != entry.Hash)
            return WrittenAs(entry, end) is { } other ? new Tampering(expected, TamperKind.OutOfPlace, other) : new Tampering(expected, TamperKind.Changed);
        return entry.PreviousHash != last.Hash ? new Tampering(expected, TamperKind.OutOfPlace) : null;
    }

    /// <summary>The number under which this content has this hash: it was moved here from there. Looked for only once a chain is known to be broken.</summary>
    private static long? WrittenAs(LedgerEntry entry, long end)
    {
        for (var number = 1L; number <= end; number++)
        {
            if (number != entry.Number && HashChain.Hash(number, entry.At, entry.Fact, entry.PreviousHash) == entry.Hash)
                return number;
        }

        return null;
    }
}
