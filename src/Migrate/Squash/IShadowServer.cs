using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Squash;

/// <summary>A server on this machine, made for one command and thrown away: the duty's port to an engine.</summary>
internal interface IShadowServer : IAsyncDisposable
{
    /// <summary>An empty database, with a script run in it that stands for what is there before the first migration; null for none.</summary>
    Task<IShadowDatabase> CreateAsync(string name, string? before, CancellationToken cancel);
}

/// <summary>A database of a shadow server.</summary>
internal interface IShadowDatabase : IAsyncDisposable
{
    /// <summary>It as a target of migrations.</summary>
    IMigrationTarget Target { get; }

    /// <summary>The tables that hold rows, without Lockkeeper's own, by name.</summary>
    Task<IReadOnlyList<FilledTable>> ReadRowsAsync(CancellationToken cancel);

    /// <summary>Everything in it as a script, the same for the same content: no owners, settings or comments of the program that wrote it.</summary>
    /// <param name="without">What was there before the first migration: its statements are left out.</param>
    /// <param name="withData">Rows and sequences too.</param>
    /// <param name="cancel">Stops it.</param>
    Task<string> DumpAsync(IShadowDatabase? without, bool withData, CancellationToken cancel);
}

/// <summary>A table that holds rows.</summary>
/// <param name="Name">Its name with the schema.</param>
/// <param name="Rows">How many.</param>
/// <param name="Hash">The same for the same rows in any order.</param>
internal sealed record FilledTable(string Name, long Rows, string Hash);
