using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>What an adoption found and did.</summary>
/// <param name="Look">What was found.</param>
/// <param name="Replay">How the files ran on an empty database; null when a failed migration made that pointless.</param>
/// <param name="Drift">How the live schema differs from what the files made, one sentence each.</param>
/// <param name="Run">The run that wrote it; null when nothing was written.</param>
internal sealed record AdoptResult(AdoptLook Look, Replay? Replay, IReadOnlyList<string> Drift, string? Run)
{
    public IReadOnlyList<AdoptedMigration> Failed => With(AdoptionVerdict.Failed);

    public IReadOnlyList<AdoptedMigration> Edited => [.. With(AdoptionVerdict.Edited).Where(IsNew)];

    public IReadOnlyList<AdoptedMigration> Missing => [.. With(AdoptionVerdict.Missing).Where(IsNew)];

    /// <summary>What would be written into Lockkeeper's history as applied.</summary>
    public IReadOnlyList<AdoptedMigration> New => [.. Look.Migrations.Where(migration => migration.InPlace && IsNew(migration))];

    /// <summary>What would be written as undone, since the tool undid it.</summary>
    public IReadOnlyList<HistoryRow> Undone => Look.IsKept ? Look.OnlyOurs : [];

    /// <summary>What the tool's table lacks, since Lockkeeper applied it while that table was not kept up to date.</summary>
    public IReadOnlyList<HistoryRow> Behind => Look.IsKept ? [] : Look.OnlyOurs;

    /// <summary>Why the files do not run on an empty database, with the place; null when they do.</summary>
    public string? ReplayError => Replay?.Error is not { } error ? null : error.At is { } at ? $"{at}: {error.Message}" : error.Message;

    /// <summary>Whether there is anything to write.</summary>
    public bool IsNeeded => !Look.IsKept || New.Count > 0 || Undone.Count > 0;

    /// <summary>What speaks against adopting and is not accepted, one sentence each.</summary>
    public IReadOnlyList<string> Objections(AdoptOptions options) =>
    [
        .. Failed.Select(migration => $"{migration.Id}: {migration.Words}. {migration.Row?.LookAt}".TrimEnd()),
        .. options.AcceptEdited ? [] : Edited.Select(migration => $"{migration.Id}: {migration.File} is not what was applied (--accept-edited takes it as it is)"),
        .. options.AcceptMissing ? [] : Missing.Select(migration => $"{migration.Id}: there is no file (--accept-missing takes it without)"),
        .. Replay?.Error is not null && !options.AcceptDrift ? [$"the files do not run on an empty database: {ReplayError} (--accept-drift takes the schema unproven)"] : Array.Empty<string>(),
        .. Drift.Count > 0 && !options.AcceptDrift ? [$"the schema differs in {Drift.Count} {(Drift.Count == 1 ? "place" : "places")} from what the files make (--accept-drift takes it as it is)"] : Array.Empty<string>(),
    ];

    private List<AdoptedMigration> With(AdoptionVerdict verdict) => [.. Look.Migrations.Where(migration => migration.Verdict == verdict)];

    private bool IsNew(AdoptedMigration migration) => Look.State.Rows.All(row => !row.InPlace || row.Key != migration.Key);
}
