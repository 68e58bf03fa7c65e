using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>What an adoption is about, read without changing anything.</summary>
/// <param name="Series">The series.</param>
/// <param name="State">What Lockkeeper's own tables say.</param>
/// <param name="Found">The history to adopt.</param>
/// <param name="Others">Every history that was found: what belongs to any tool is left out of the comparison of schemas.</param>
/// <param name="Migrations">Its rows held against the series.</param>
/// <param name="Schema">The live schema.</param>
internal sealed record AdoptLook(
    MigrationSeries Series, TargetState State, FoundHistory Found, IReadOnlyList<FoundHistory> Others, IReadOnlyList<AdoptedMigration> Migrations, SchemaState Schema)
{
    /// <summary>Rows that Lockkeeper has in place and the tool does not.</summary>
    public IReadOnlyList<HistoryRow> OnlyOurs
    {
        get
        {
            var theirs = Migrations.Where(migration => migration.Row is not null).Select(migration => migration.Key).ToHashSet();
            return [.. State.Rows.Where(row => row.InPlace && row.Kind != MigrationKind.Baseline && !theirs.Contains(row.Key))];
        }
    }

    /// <summary>Whether the tool's table was kept up to date until now, so that what it lacks was undone by the tool.</summary>
    public bool IsKept => State.Adopted is { Adoption.IsKept: true };

    /// <summary>Whether another look found the same.</summary>
    public bool IsSameAs(AdoptLook other) =>
        Series.Artifact == other.Series.Artifact && Schema.Fingerprint == other.Schema.Fingerprint && Found.Words == other.Found.Words
        && Migrations.Select(migration => (migration.Id, migration.Verdict)).SequenceEqual(other.Migrations.Select(migration => (migration.Id, migration.Verdict)))
        && State.Rows.Select(row => (row.Id, row.Outcome)).SequenceEqual(other.State.Rows.Select(row => (row.Id, row.Outcome)));

    /// <summary>Looks.</summary>
    /// <exception cref="LockkeeperException">There is nothing to adopt, too much, or what is there does not fit the folder.</exception>
    public static async Task<AdoptLook> AtAsync(ChosenTarget chosen, Workspace workspace, AdoptOptions options, CancellationToken cancel)
    {
        var series = SeriesReader.Read(chosen.Database, workspace.ProjectFolder);
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        var target = chosen.Target.Adoption;
        var others = await target.FindAsync(null, cancel);
        var named = options.Table ?? (state.Adopted is { } adopted ? $"{Quoted(adopted.Adoption.Schema)}.{Quoted(adopted.Adoption.Table)}" : null);
        var candidates = named is null ? others : await target.FindAsync(named, cancel);
        var found = Choose(candidates, options.From ?? state.Adopted?.Adoption.Tool, named, series, chosen);
        if (state.Adopted is null && state.Rows.Any(row => row.InPlace))
        {
            throw new LockkeeperException(
                MigrateErrors.AlreadyApplied, $"{chosen.Target.Name} has {state.Rows.Count(row => row.InPlace)} migrations in Lockkeeper's own history and was never adopted from another tool",
                "Adopting is for a database that Lockkeeper has not migrated yet.");
        }

        if (await target.LockAsync(found, cancel) is { } held)
            throw held.Refusal(found.Words);
        var rows = await target.ReadAsync(found, cancel);
        var migrations = AdoptionComparison.Of(series, rows, found.Tool, new DraftMaker(chosen, workspace).Files(series));
        return new AdoptLook(series, state, found, [.. others, found], migrations, await chosen.Target.ReadSchemaAsync(cancel));
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static FoundHistory Choose(IReadOnlyList<FoundHistory> candidates, string? from, string? table, MigrationSeries series, ChosenTarget chosen)
    {
        var wanted = candidates.Where(history => from is null || history.Tool.Name == from).ToList();
        if (wanted.Count == 0)
        {
            var what = $"{(from is null ? "another tool's history" : $"a history of {from}")} {(table is null ? "on the search path" : $"in {table}")}";
            throw new LockkeeperException(
                MigrateErrors.NothingToAdopt, $"{chosen.Target.Name} has no table that is {what}",
                candidates.Count > 0
                    ? $"Found: {string.Join(", ", candidates.Select(history => history.Words))}."
                    : "Set search_path of the database in lockkeeper.yaml to the table's schema, or give the table by --table SCHEMA.NAME; 'lk migrate baseline' takes a database over that has no history.");
        }

        if (wanted.Count > 1)
        {
            throw new LockkeeperException(
                MigrateErrors.SeveralHistories, $"{chosen.Target.Name} has several histories of other tools: {string.Join(", ", wanted.Select(history => history.Words))}",
                wanted.Select(history => history.Tool.Name).Distinct().Count() > 1 ? "Choose one by --from TOOL." : "Choose one by --table SCHEMA.NAME.");
        }

        if (!wanted[0].Tool.Formats.Contains(series.Format))
        {
            throw new LockkeeperException(
                MigrateErrors.ForeignHistory, $"the table is of {wanted[0].Words}, and the folder is in the format {series.Format} ({series.FormatReason})",
                $"Point migrations of the database at that tool's folder, or set format: {string.Join(" or ", wanted[0].Tool.Formats)}.");
        }

        if (wanted[0].MissingPrivileges.Contains("SELECT"))
        {
            throw new LockkeeperException(
                MigrateErrors.ForeignHistory, $"the role may not read the table of {wanted[0].Words}", $"Run as its owner: GRANT SELECT, INSERT, UPDATE, DELETE ON {wanted[0].Schema}.{wanted[0].Table} TO the_role;");
        }

        return wanted[0];
    }
}
