namespace Lockkeeper.Kernel.State;

/// <summary>Keeps small documents by kind and key: what the server knows besides the ledger, such as people, tokens and jobs. Stores: Engines/Sqlite, Engines/PostgreSql/State.</summary>
/// <remarks>Safe with several threads, and with several processes on one store. What is written is durable when the call returns.</remarks>
public interface IDocumentStore : IDisposable
{
    /// <summary>Whether servers of several machines may use it at the same time; otherwise one server has it for itself.</summary>
    bool IsShared { get; }

    /// <summary>A document; null when there is none.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="key">The key.</param>
    string? Get(string kind, string key);

    /// <summary>The documents of a kind by their keys, in the keys' order.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="last">Only so many, with the greatest keys; null for all.</param>
    IReadOnlyList<KeyValuePair<string, string>> All(string kind, int? last = null);

    /// <summary>Writes a document, in the place of the one that is there.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="key">The key.</param>
    /// <param name="content">The content; null removes it.</param>
    void Put(string kind, string key, string? content);

    /// <summary>Writes a document if the one that is there is still what the caller has read.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="key">The key.</param>
    /// <param name="expected">What was read; null for none.</param>
    /// <param name="content">The content; null removes it.</param>
    /// <returns>Whether it was written.</returns>
    bool Swap(string kind, string key, string? expected, string? content);
}
