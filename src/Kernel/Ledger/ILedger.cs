namespace Lockkeeper.Kernel.Ledger;

/// <summary>The append-only record of everything that was asked for, decided and done. Stores: Engines/Sqlite, Engines/PostgreSql/State.</summary>
public interface ILedger
{
    /// <summary>Appends a fact; durable when the task ends. Safe with several processes on one store.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    Task<LedgerEntry> AppendAsync(LedgerFact fact, CancellationToken cancel);

    /// <summary>
    /// Appends a fact that the target records too, such as a step that was applied: it survives a killed process at once, and a power
    /// failure from the next <see cref="AppendAsync"/> on. Waiting for the disk after each of a thousand small migrations would take longer
    /// than the migrations.
    /// </summary>
    /// <param name="fact">The fact.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    Task<LedgerEntry> AppendStepAsync(LedgerFact fact, CancellationToken cancel) => AppendAsync(fact, cancel);

    /// <summary>The entries in order.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Stops reading.</param>
    IAsyncEnumerable<LedgerEntry> ReadAsync(LedgerFilter filter, CancellationToken cancel);

    /// <summary>The number and hash that the store holds as its end, kept apart from the entries so that a cut-off tail is seen.</summary>
    /// <param name="cancel">Stops reading.</param>
    Task<(long Number, string Hash)?> HeadAsync(CancellationToken cancel);
}

/// <summary>Which entries to read.</summary>
public sealed record LedgerFilter
{
    /// <summary>Only this run.</summary>
    public string? Run { get; init; }

    /// <summary>Only this environment.</summary>
    public string? Environment { get; init; }

    /// <summary>Only these kinds; empty for all.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Only entries with greater numbers; null for all.</summary>
    public long? After { get; init; }

    /// <summary>Only the last ones, still oldest first; null for all.</summary>
    public int? Last { get; init; }
}
