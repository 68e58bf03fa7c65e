using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Formats;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Expand;

/// <summary>What an expand wrote.</summary>
/// <param name="Files">The files, as a user would type them, with their texts.</param>
/// <param name="Remarks">What somebody who uses them has to know.</param>
internal sealed record ExpandResult(IReadOnlyList<(string File, string Text)> Files, IReadOnlyList<string> Remarks);

/// <summary>Makes the migrations of an expand and contract on a shadow of the schema after the last migration, and writes them behind it.</summary>
/// <param name="chosen">Where the files are prepared for: the target, or a shadow of nothing.</param>
/// <param name="ground">The shadow.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class ExpandRun(ChosenTarget chosen, IProofGround ground, Workspace workspace)
{
    private DatabaseConfig Database => chosen.Database;

    /// <summary>Runs it.</summary>
    /// <param name="intent">What is wanted.</param>
    /// <param name="hasTarget">Whether the schema is the target's, with what is pending there, instead of that of the series.</param>
    /// <param name="dryRun">Write nothing.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">It cannot be done; nothing was written.</exception>
    public async Task<ExpandResult> RunAsync(ExpandIntent intent, bool hasTarget, bool dryRun, CancellationToken cancel)
    {
        var series = SeriesReader.Read(Database, workspace.ProjectFolder);
        var format = FormatChoice.All.First(format => format.Name == series.Format);
        if (series.Format != "lockkeeper")
        {
            throw new LockkeeperException(
                MigrateErrors.NotSupported, $"expand writes files of the lockkeeper format, and {series.Name} is in the format {series.Format}",
                "Run it in a project of the lockkeeper format with the same schema, and take the statements over, each with its way back.");
        }

        if (intent.Views is not null && workspace.Config.Environments.FirstOrDefault(environment => environment.Targets.TryGetValue(Database.Name, out var target) && target.Schemas is not null) is { } shared)
        {
            throw new LockkeeperException(
                MigrateErrors.NotExpandable, $"the tenants of {Database.Name} in {shared.Name} are schemas of one database, and the views of all of them would be in schema {intent.Views}",
                "Leave --views out: the new application uses the new form by its own name.");
        }

        chosen.Target.LeavesSyntaxToServer = true;
        await using var shadow = await ShadowAsync(series, hasTarget, cancel);
        var plan = await shadow.PlanExpandAsync(intent, cancel);
        workspace.Progress.Now(null);
        var files = Files(series, format, plan);
        if (!dryRun)
            await WriteAsync(files, cancel);
        return new ExpandResult(files, plan.Remarks);
    }

    /// <summary>A database with the schema that the new migrations will meet.</summary>
    private async Task<IProofDatabase> ShadowAsync(MigrationSeries series, bool hasTarget, CancellationToken cancel)
    {
        var drafts = new DraftMaker(chosen, workspace);
        var all = HistoryComparison.Of(series, [], OutOfOrderPolicy.Allow).Pending;
        var state = hasTarget ? await chosen.Target.ReadStateAsync(series.Name, cancel) : new TargetState("", false, null, false, [], null, [], null);
        state = state with { Adopted = null };
        if (!hasTarget || !await ground.CopyTargetAsync(cancel))
        {
            await ShadowReplay.RunAsync(ground, series, [.. drafts.Prepare(series, state, all)], workspace, cancel);
            return await ground.CreateAsync(withRows: false, cancel);
        }

        var database = await ground.CreateAsync(withRows: false, cancel);
        foreach (var migration in drafts.Prepare(series, state, HistoryComparison.Of(series, state.Rows, OutOfOrderPolicy.Allow).Pending))
        {
            if (await database.RunAsync(migration, undo: false, null, cancel) is { } error)
                throw error;
        }

        return database;
    }

    private List<(string File, string Text)> Files(MigrationSeries series, IMigrationFormat format, PhasePlan plan)
    {
        var (files, version) = (new List<(string, string)>(), NextVersion.Of(series, workspace.Clock.GetUtcNow()));
        foreach (var phase in plan.Files)
        {
            var names = format.NewFiles(version, phase.Slug, series);
            files.Add((Path(names[0].File), phase.Up));
            files.Add((Path(names[1].File), phase.Down));
            version = NextVersion.After(version);
        }

        return files;

        string Path(string name) => $"{Database.Migrations.TrimEnd('/')}/{name}";
    }

    private async Task WriteAsync(IReadOnlyList<(string File, string Text)> files, CancellationToken cancel)
    {
        if (files.FirstOrDefault(file => File.Exists(Path.Combine(workspace.ProjectFolder, file.File))) is { File: { } taken })
            throw new LockkeeperException(KernelErrors.FileExists, $"{taken} exists already", "Remove it, or give it another version.");
        foreach (var (file, text) in files)
            await File.WriteAllTextAsync(Path.Combine(workspace.ProjectFolder, file), text, cancel);
    }
}
