using System.Runtime.CompilerServices;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Lint;

/// <summary>Which migrations a call of lint is about.</summary>
/// <param name="workspace">The surroundings.</param>
/// <param name="path">A file or a folder; null for the project.</param>
/// <param name="environment">The environment whose pending migrations are meant; null for none.</param>
/// <param name="database">One database of the project; null for all.</param>
/// <param name="since">A commit or branch of git; null for all files.</param>
internal sealed class LintChoice(Workspace workspace, string? path, string? environment, string? database, string? since)
{
    private readonly LocatedProject project = LocatedProject.Of(workspace, isNeeded: path is null);

    /// <summary>The folder that files are shown from.</summary>
    public string Folder => project.Folder;

    /// <summary>Whether there is a project.</summary>
    public bool IsProject => project.Config is not null;

    /// <summary>The policy of the project; the recommended rules without one.</summary>
    public PolicyConfig Policy => project.Config?.Policy ?? new PolicyConfig();

    /// <summary>What to look at, a database each.</summary>
    public async IAsyncEnumerable<LintInput> InputsAsync(IReadOnlyList<ILinter> linters, TargetChoice targets, [EnumeratorCancellation] CancellationToken cancel)
    {
        var changed = since is null ? null : await GitChanges.SinceAsync(workspace, Folder, since, cancel);
        var given = path is null ? null : System.IO.Path.GetFullPath(System.IO.Path.Combine(workspace.Folder, path));
        var found = false;
        foreach (var config in Databases(given))
        {
            var series = given is null || project.Config is not null && LooseFiles.IsIn(config, Folder, given)
                ? SeriesReader.Read(config, Folder)
                : LooseFiles.Read(config, given, Folder);
            found = true;
            var input = new LintInput(series, config, migration => IsChosen(migration, given, changed?.All)) { IsOneRelease = changed is not null };
            // Without a --since every file is as old as the others.
            if (changed is not null && config.OutOfOrder != OutOfOrderPolicy.Allow)
                input = input with { LaterInPlace = LateMigrations.Of(series, migration => !changed.Added.Contains(FileOf(migration))) };
            yield return environment is null ? input : await PendingInAsync(input, linters.First(linter => linter.Engine == config.Engine), targets, cancel);
        }

        if (!found)
            throw new LockkeeperException(MigrateErrors.NotLinted, "there is nothing to look at", "Name a file or folder, or a database of lockkeeper.yaml.");
    }

    private IEnumerable<DatabaseConfig> Databases(string? given)
    {
        if (given is not null)
        {
            if (!File.Exists(given) && !Directory.Exists(given))
                throw new LockkeeperException(MigrateErrors.NotLinted, $"there is no file or folder '{path}'", "Check the path; it starts at this folder.");
            var owner = project.Config?.Databases.FirstOrDefault(candidate => LooseFiles.IsIn(candidate, Folder, given));
            return [owner ?? new DatabaseConfig { Name = "files", Engine = "postgres", Migrations = System.IO.Path.GetRelativePath(Folder, given) }];
        }

        TargetChoice.RequireKnown(project.Config!, database);
        return project.Config!.Databases.Where(candidate => database is null || candidate.Name == database);
    }

    /// <summary>What is pending in the environment, with what its database knows. One that does not answer costs its knowledge, not the check.</summary>
    private async Task<LintInput> PendingInAsync(LintInput input, ILinter linter, TargetChoice targets, CancellationToken cancel)
    {
        var where = TargetChoice.Environment(workspace.Config, environment!);
        if (!where.Targets.TryGetValue(input.Database.Name, out var target))
            return input with { NotAsked = $"{input.Database.Name} has no target in {where.Name}: all of its migrations were looked at, without a catalog" };
        if (target.HasTenants)
            return input with { NotAsked = $"{input.Database.Name} has tenants in {where.Name}: all of its migrations were looked at, without a catalog" };
        try
        {
            await using var chosen = await targets.OpenAsync(workspace, where, input.Database, cancel);
            var state = await chosen.Target.ReadStateAsync(input.Series.Name, cancel);
            var takeover = Takeover.Of(input.Series, state, new DraftMaker(chosen, workspace).Files(input.Series));
            var pending = HistoryComparison.Of(input.Series, takeover.Rows, input.Database.OutOfOrder).Pending.ToHashSet();
            var facts = await linter.ReadTargetAsync(input.Database, await workspace.Secrets.ResolveAsync(target.Url!.Text, cancel), workspace.Redactor, cancel);
            var inPlace = takeover.Rows.Where(row => row.InPlace).Select(row => row.Key).ToHashSet();
            return input with
            {
                IsChosen = migration => pending.Contains(migration) && input.IsChosen(migration), IsOneRelease = true, Target = facts,
                LaterInPlace = input.Database.OutOfOrder == OutOfOrderPolicy.Allow ? _ => null : LateMigrations.Of(input.Series, migration => inPlace.Contains(migration.Key)),
            };
        }
        catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
        {
            return input with { NotAsked = $"{input.Database.Name} in {where.Name} could not be asked ({e.Code.Id}: {e.Message}): all of its migrations were looked at, without a catalog" };
        }
    }

    private bool IsChosen(Migration migration, string? given, IReadOnlySet<string>? changed)
    {
        var file = FileOf(migration);
        return (changed is null || changed.Contains(file))
            && (given is null || file == given || file.StartsWith(given.TrimEnd('/') + "/", StringComparison.Ordinal));
    }

    private string FileOf(Migration migration) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder, migration.Up.File));

    /// <summary>The project that the call stands in; a path of loose files needs none.</summary>
    private sealed record LocatedProject(ProjectConfig? Config, string Folder)
    {
        public static LocatedProject Of(Workspace workspace, bool isNeeded)
        {
            try
            {
                return new LocatedProject(workspace.Config, workspace.ProjectFolder);
            }
            catch (LockkeeperException e) when (!isNeeded && e.Code == KernelErrors.ConfigMissing)
            {
                return new LocatedProject(null, workspace.Folder);
            }
        }
    }
}
