using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Squash;

/// <summary>How squashing was asked for.</summary>
/// <param name="To">The last version to squash.</param>
/// <param name="WithData">Put the rows that migrations wrote into the baseline.</param>
/// <param name="Before">A script that stands for what is there before the first migration, or null.</param>
/// <param name="Remove">Delete the files that the baseline stands for.</param>
/// <param name="DryRun">Write and delete nothing.</param>
internal sealed record SquashOptions(string To, bool WithData, string? Before, bool Remove, bool DryRun);

/// <summary>What squashing did.</summary>
/// <param name="File">The baseline file.</param>
/// <param name="Statements">Its text.</param>
/// <param name="Migrations">How many migrations it stands for.</param>
/// <param name="Fingerprint">The fingerprint that both have.</param>
/// <param name="Filled">The tables that the migrations filled.</param>
/// <param name="Removed">The files that it stands for and that were, or would be, deleted.</param>
internal sealed record SquashResult(string File, string Statements, int Migrations, string Fingerprint, IReadOnlyList<FilledTable> Filled, IReadOnlyList<string> Removed);

/// <summary>Makes a baseline file of the first migrations of a series, and proves it on a second empty database before it is written.</summary>
/// <param name="database">The database of the project.</param>
/// <param name="server">Where both are tried.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class SquashRun(DatabaseConfig database, IShadowServer server, Workspace workspace)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">The series does not run, or its baseline makes another schema; nothing was written.</exception>
    public async Task<SquashResult> RunAsync(SquashOptions options, CancellationToken cancel)
    {
        var series = SeriesReader.Read(database, workspace.ProjectFolder);
        var last = Last(series, options.To);
        var file = BaselineFile.Of(series, last);
        var path = Path.Combine(workspace.ProjectFolder, file.Path);
        if (File.Exists(path))
            throw new LockkeeperException(KernelErrors.FileExists, $"{file.Path} exists already", "Squash to a later version, or remove the file.");
        var migrations = HistoryComparison.Of(series, [], OutOfOrderPolicy.Allow).Pending.Where(migration => migration.Version is { } version && version.CompareTo(last.Version!) <= 0).ToList();

        await using var empty = await server.CreateAsync("before", options.Before, cancel);
        await using var original = await server.CreateAsync("series", options.Before, cancel);
        await ApplyAsync(original, series, migrations, cancel);
        var (schema, filled) = (await original.Target.ReadSchemaAsync(cancel), await FilledAsync(original, empty, cancel));
        var text = Head(migrations) + await original.DumpAsync(empty, options.WithData, cancel);

        await using var copy = await server.CreateAsync("baseline", options.Before, cancel);
        workspace.Progress.Now("proving the baseline on an empty database");
        var script = MigrationScript.Of(text, file.Path) with { ReplacePlaceholders = last.Up.ReplacePlaceholders };
        await ApplyAsync(copy, series, [new Migration($"B:{last.Version}", MigrationKind.Baseline, last.Version, "squashed", script, null)], cancel);
        RequireSame(original, schema, await copy.Target.ReadSchemaAsync(cancel));
        if (options.WithData)
            RequireSame(filled, await FilledAsync(copy, empty, cancel));

        var removed = options.Remove ? BaselineFile.Replaced(series, last.Version!, workspace.ProjectFolder) : [];
        if (!options.DryRun)
        {
            // First the new file: a crash in between leaves more than is needed, never less.
            await File.WriteAllTextAsync(path + ".new", text, cancel);
            File.Move(path + ".new", path);
            foreach (var old in removed)
                File.Delete(Path.Combine(workspace.ProjectFolder, old));
        }

        workspace.Progress.Now(null);
        return new SquashResult(file.Path, text, migrations.Count, schema.Fingerprint, filled, removed);
    }

    private static Migration Last(MigrationSeries series, string to) =>
        (MigrationVersion.TryParse(to, out var version) ? series.Migrations.FirstOrDefault(migration => migration.Kind == MigrationKind.Versioned && version.Equals(migration.Version)) : null)
        ?? (series.Migrations.All(migration => migration.Kind == MigrationKind.Planned) && series.Migrations.Count > 0 ? series.Migrations[^1] : null)
        ?? throw new LockkeeperException(MigrateErrors.UnknownVersion, $"there is no migration with version {to}", "Give the version of the last migration that the baseline shall stand for.");

    private async Task ApplyAsync(IShadowDatabase shadow, MigrationSeries series, IReadOnlyList<Migration> migrations, CancellationToken cancel)
    {
        var target = shadow.Target;
        var environment = new EnvironmentConfig { Name = "shadow", Targets = new Dictionary<string, TargetConfig>() };
        // Reading the state connects, so that built-in placeholders have their values.
        var state = await target.ReadStateAsync(series.Name, cancel);
        var prepared = new DraftMaker(new ChosenTarget(environment, database, target), workspace).Prepare(series, state, migrations).ToList();
        await target.PrepareStoreAsync(cancel);
        await using var lease = await target.TakeLeaseAsync("squash", TimeSpan.FromMinutes(1), workspace.Progress, cancel);
        var stamp = new RunStamp("squash", workspace.Actor, series.Name, series.Artifact, environment.Name);
        try
        {
            for (var i = 0; i < prepared.Count; i++)
            {
                workspace.Progress.Now($"applying {prepared[i].Migration.Title} to a shadow database", i, prepared.Count);
                await target.ApplyAsync(prepared[i], stamp, lease, workspace.Progress, cancel);
            }
        }
        catch (StepFailedException e)
        {
            throw new LockkeeperException(MigrateErrors.NotSquashed, e.Error.Message, e.Error.Hint, e.Error.At, e)
            {
                Facts = [.. e.Error.Facts, new ErrorFact("WHERE", "on an empty shadow database; what has to be there before the first migration, such as roles and extensions, is given by --before FILE")],
            };
        }
    }

    /// <summary>What the migrations wrote: rows that were there before them do not count.</summary>
    private static async Task<IReadOnlyList<FilledTable>> FilledAsync(IShadowDatabase shadow, IShadowDatabase empty, CancellationToken cancel)
    {
        var before = (await empty.ReadRowsAsync(cancel)).ToHashSet();
        return [.. (await shadow.ReadRowsAsync(cancel)).Where(table => !before.Contains(table))];
    }

    private static void RequireSame(IShadowDatabase original, SchemaState expected, SchemaState actual)
    {
        if (expected.Fingerprint == actual.Fingerprint)
            return;
        throw new LockkeeperException(
            MigrateErrors.NotSquashed, "the baseline does not make the schema that the migrations make, so it was not written", "Tell us what is different; until then, squash to an earlier version.")
        {
            Facts = [.. original.Target.Differences(expected.Bytes, actual).Select(words => new ErrorFact("DIFFERENCE", words))],
        };
    }

    private static void RequireSame(IReadOnlyList<FilledTable> expected, IReadOnlyList<FilledTable> actual)
    {
        var differences = expected.Except(actual).Concat(actual.Except(expected)).Select(table => table.Name).Distinct().ToList();
        if (differences.Count == 0)
            return;
        throw new LockkeeperException(
            MigrateErrors.NotSquashed, $"the baseline does not hold the rows that the migrations write, so it was not written: {string.Join(", ", differences)}",
            "Write those rows in a migration after the baseline, and squash without --with-data.");
    }

    private static string Head(IReadOnlyList<Migration> migrations) =>
        $"-- Stands for the {migrations.Count} migrations up to {migrations[^1].Title}; made by 'lk migrate squash'.\n\n";
}
