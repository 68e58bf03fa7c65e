using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Proposals;

/// <summary>Proposals as documents.</summary>
/// <param name="documents">The store.</param>
internal sealed class ProposalStore(IDocumentStore documents)
{
    /// <summary>So many are kept; older ones stand in the ledger only.</summary>
    private const int Kept = 200;

    private const string Kind = "proposal";

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Proposal> All() => [.. documents.All(Kind, Kept).Select(pair => Read(pair.Value)).Reverse()];

    /// <summary>One of them.</summary>
    /// <exception cref="LockkeeperException">There is none of this id (LK7040).</exception>
    public Proposal Get(string id) => documents.Get(Kind, id) is { } text
        ? Read(text)
        : throw new LockkeeperException(ServerErrors.NoSuchProposal, $"there is no proposal {id}", "Look at those that there are: lk proposal list");

    /// <summary>Adds one, and forgets the oldest.</summary>
    public void Add(Proposal proposal)
    {
        documents.Put(Kind, proposal.Id, Write(proposal));
        var all = documents.All(Kind);
        foreach (var (id, _) in all.Take(all.Count - Kept))
            documents.Put(Kind, id, null);
    }

    /// <summary>Changes one that nobody else has changed meanwhile.</summary>
    /// <exception cref="LockkeeperException">Somebody has (LK7041).</exception>
    public Proposal Change(Proposal from, Proposal to) => documents.Swap(Kind, from.Id, Write(from), Write(to))
        ? to
        : throw new LockkeeperException(ServerErrors.ProposalDecided, $"somebody else has just decided about proposal {from.Id}", $"Look at it: lk proposal show {from.Id}");

    private static Proposal Read(string text) => JsonSerializer.Deserialize(text, ProposalJson.Default.Proposal)!;

    private static string Write(Proposal proposal) => JsonSerializer.Serialize(proposal, ProposalJson.Default.Proposal);
}
