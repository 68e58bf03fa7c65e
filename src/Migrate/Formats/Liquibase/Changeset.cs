using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>A changeset of a changelog, with its properties replaced.</summary>
internal sealed record Changeset
{
    /// <summary>The path that identifies its file: as the root changelog or an include names it, or the logicalFilePath.</summary>
    public required string Path { get; init; }

    public required string Id { get; init; }

    public required string Author { get; init; }

    /// <summary>Where it starts.</summary>
    public required SourcePosition At { get; init; }

    public string Comment { get; init; } = "";

    public bool RunOnChange { get; init; }

    public bool RunAlways { get; init; }

    public bool RunInTransaction { get; init; } = true;

    public bool FailOnError { get; init; } = true;

    public bool Ignore { get; init; }

    /// <summary>Its own context expression and those of the includes that lead to it: each must hold.</summary>
    public IReadOnlyList<string> Contexts { get; init; } = [];

    /// <summary>Its own labels and those of the includes that lead to it: the label filter must hold for each.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The servers that it is for; empty for all.</summary>
    public string Dbms { get; init; } = "";

    /// <summary>Checksums that count as right although the changeset was edited.</summary>
    public IReadOnlyList<string> ValidChecksums { get; init; } = [];

    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>The written way back; null when there is none, so that each change's own counts.</summary>
    public IReadOnlyList<Change>? Rollback { get; init; }

    public PreconditionSet? Preconditions { get; init; }

    /// <summary>The preconditions of the changelogs that lead to it: each is asked once a run, before the first changeset behind it.</summary>
    public IReadOnlyList<PreconditionSet> ChangelogPreconditions { get; init; } = [];

    /// <summary>The identity: file, id and author, as Liquibase prints it.</summary>
    public string Identity => $"{Path}::{Id}::{Author}";
}
