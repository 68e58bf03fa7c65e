using System.Runtime.CompilerServices;
using Lockkeeper.Kernel.Ledger;

namespace Lockkeeper.Tests.Unit.Kernel.Ledger;

/// <summary>A ledger in memory whose entries a test may tamper with.</summary>
internal sealed class ListLedger : ILedger
{
    public List<LedgerEntry> Entries { get; } = [];

    public (long Number, string Hash)? Head { get; set; }

    /// <summary>Called before each entry is handed out, to append while somebody reads.</summary>
    public Action<LedgerEntry> OnRead { get; set; } = _ => { };

    public static ListLedger With(int entries)
    {
        var ledger = new ListLedger();
        for (var i = 1; i <= entries; i++)
            ledger.Append($"step.applied", $"{{\"version\":\"{i}\"}}");
        return ledger;
    }

    public LedgerEntry Append(string kind, string body)
    {
        var fact = new LedgerFact(kind, "run1", Entries.Count % 3 == 0 ? null : "dev", "shop", "tester", body);
        var entry = HashChain.Link(fact, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + Entries.Count), Head);
        Entries.Add(entry);
        Head = (entry.Number, entry.Hash);
        return entry;
    }

    public Task<LedgerEntry> AppendAsync(LedgerFact fact, CancellationToken cancel) => throw new NotSupportedException();

    public Task<(long Number, string Hash)?> HeadAsync(CancellationToken cancel) => Task.FromResult(Head);

    public async IAsyncEnumerable<LedgerEntry> ReadAsync(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        // By index, so that a reader sees entries that are appended while it reads.
        for (var i = Math.Max(0, Entries.Count - (filter.Last ?? int.MaxValue)); i < Entries.Count; i++)
        {
            if (filter.Run is not null && Entries[i].Fact.Run != filter.Run)
                continue;
            OnRead(Entries[i]);
            yield return Entries[i];
        }
    }
}
