using Lockkeeper.Backup.Wal;

namespace Lockkeeper.Backup.Sets;

/// <summary>What a backup holds.</summary>
internal enum BackupKind
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>What has changed since the last full one.</summary>
    Differential,

    /// <summary>What has changed since the last one of any kind.</summary>
    Incremental,
}

/// <summary>A backup in a repository.</summary>
internal sealed record BackupSet
{
    /// <summary>Its name in the repository.</summary>
    public required string Label { get; init; }

    /// <summary>What it holds.</summary>
    public required BackupKind Kind { get; init; }

    /// <summary>The number of its repository, from 1 on.</summary>
    public required int Repository { get; init; }

    /// <summary>The archive that its WAL is in, such as <c>15-1</c>.</summary>
    public required string ArchiveId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The first whole second by which it had surely ended: the earliest moment that it can be restored to.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Where its WAL begins; null for one that the repository does not say it of.</summary>
    public Lsn? Start { get; init; }

    /// <summary>Where it is consistent.</summary>
    public Lsn? Stop { get; init; }

    /// <summary>The first segment that it needs.</summary>
    public WalSegment? FirstSegment { get; init; }

    /// <summary>The last segment that it needs to be consistent.</summary>
    public WalSegment? LastSegment { get; init; }

    /// <summary>The size of the database.</summary>
    public required long DatabaseBytes { get; init; }

    /// <summary>The bytes that it copied itself.</summary>
    public required long CopiedBytes { get; init; }

    /// <summary>The bytes that it takes in the repository, without those of the sets that it needs.</summary>
    public required long RepositoryBytes { get; init; }

    /// <summary>The labels of the sets that it cannot be restored without.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Whether pages with a wrong checksum were met when it was taken.</summary>
    public bool HasPageErrors { get; init; }
}
