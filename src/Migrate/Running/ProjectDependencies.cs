using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Formats.Sqitch;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>What the changes of a Sqitch project want of other projects in the same target: each is a database of lockkeeper.yaml with a history of its own there.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class ProjectDependencies(ChosenTarget chosen, Workspace workspace)
{
    private IReadOnlyList<Project>? others;

    /// <summary>Refuses migrations whose dependencies on other projects are not met.</summary>
    /// <exception cref="LockkeeperException">A required change is not in place, or a conflicting one is.</exception>
    public async Task RequireMetAsync(IReadOnlyList<Migration> pending, CancellationToken cancel)
    {
        var errors = new List<LockkeeperException>();
        foreach (var (migration, change) in pending.Where(migration => migration.Sqitch is not null).Select(migration => (migration, migration.Sqitch!)))
        {
            foreach (var dependency in change.Dependencies.Where(IsForeign))
            {
                if (await ErrorAsync(migration, dependency, cancel) is { } error)
                    errors.Add(error);
            }
        }

        Throw(errors);
    }

    /// <summary>Refuses to undo migrations that applied changes of other projects require.</summary>
    /// <exception cref="LockkeeperException">One is required.</exception>
    public async Task RequireNotNeededAsync(MigrationSeries series, IReadOnlyList<Migration> undone, CancellationToken cancel)
    {
        var project = undone.FirstOrDefault(migration => migration.Sqitch is not null)?.Sqitch!.Project;
        if (project is null)
            return;
        var plan = series.Migrations.Select(migration => migration.Sqitch!).ToList();
        var errors = new List<LockkeeperException>();
        foreach (var other in await OthersAsync(cancel))
        {
            foreach (var dependency in other.InPlace.SelectMany(change => change.Requires.Where(dependency => dependency.Project == project).Select(dependency => (Change: change, Dependency: dependency))))
            {
                var needed = IndexIn(plan, dependency.Dependency);
                if (needed >= 0 && undone.Any(migration => migration.Id == plan[needed].Key))
                {
                    errors.Add(new LockkeeperException(
                        MigrateErrors.UnmetDependency, $"{plan[needed].Key} is required by {other.Name}:{dependency.Change.Key}, which is applied here",
                        $"Roll {other.Database.Name} back first.", dependency.Dependency.At));
                }
            }
        }

        Throw(errors);
    }

    private static bool IsForeign(SqitchDependency dependency) => dependency.Project is not null;

    private async Task<LockkeeperException?> ErrorAsync(Migration migration, SqitchDependency dependency, CancellationToken cancel)
    {
        var other = (await OthersAsync(cancel)).FirstOrDefault(project => project.Name == dependency.Project);
        if (dependency.Conflicts)
        {
            return other is not null && other.Has(IndexIn(other.Changes, dependency)) ? new LockkeeperException(
                MigrateErrors.UnmetDependency, $"{migration.Id} conflicts with {dependency.Words}, which is applied here", $"Roll {other.Database.Name} back first.", dependency.At) : null;
        }

        if (other is null)
        {
            return new LockkeeperException(
                MigrateErrors.UnmetDependency, $"{migration.Id} requires {dependency.Words}, and no database of lockkeeper.yaml has the project {dependency.Project}",
                "Add its folder to databases, with a target in the same environment, before this one.", dependency.At);
        }

        var index = IndexIn(other.Changes, dependency);
        if (other.Has(index))
            return null;
        return index < 0
            ? new LockkeeperException(
                MigrateErrors.UnmetDependency, $"{migration.Id} requires {dependency.Words}, which is not in the plan of {other.Database.Name}", "Correct the name.", dependency.At)
            : new LockkeeperException(
                MigrateErrors.UnmetDependency, $"{migration.Id} requires {dependency.Words}, which is not applied to {chosen.Target.Name}",
                $"Apply {other.Database.Name} first: --database {other.Database.Name}, or put it before {chosen.Database.Name} in lockkeeper.yaml.", dependency.At);
    }

    /// <summary>pgpm writes the version of the other package as a tag that no plan has; what it means is all of that package.</summary>
    private static int IndexIn(IReadOnlyList<SqitchChange> changes, SqitchDependency dependency) => dependency.IndexIn(changes) switch
    {
        < 0 when dependency.Change is null && dependency.ChangeId is null && dependency.At.File.EndsWith(SqitchFormat.PgpmPlan, StringComparison.Ordinal) => changes.Count - 1,
        var index => index,
    };

    private async Task<IReadOnlyList<Project>> OthersAsync(CancellationToken cancel)
    {
        if (others is not null)
            return others;
        var found = new List<Project>();
        foreach (var database in workspace.Config.Databases.Where(database => database.Name != chosen.Database.Name && database.Engine == chosen.Database.Engine && chosen.Environment.Targets.ContainsKey(database.Name)))
        {
            var changes = SeriesReader.Read(database, workspace.ProjectFolder).Migrations.Select(migration => migration.Sqitch).OfType<SqitchChange>().ToList();
            if (changes.Count == 0)
                continue;
            // A history of that name in another target says nothing: what counts is what is in this one.
            var state = await chosen.Target.ReadStateAsync(database.Name, cancel);
            found.Add(new Project(changes[0].Project, database, changes, state.Rows.Where(row => row.InPlace).Select(row => row.Id).ToHashSet()));
        }

        return others = found;
    }

    private static void Throw(List<LockkeeperException> errors)
    {
        if (errors.Count > 0)
            throw new LockkeeperException(errors[0].Code, errors[0].Message, errors[0].Hint, errors[0].At) { Others = [.. errors.Skip(1)] };
    }

    /// <summary>Another project, and which of its changes are in place here.</summary>
    private sealed record Project(string Name, DatabaseConfig Database, IReadOnlyList<SqitchChange> Changes, IReadOnlySet<string> Applied)
    {
        public IEnumerable<SqitchChange> InPlace => Changes.Where(change => Applied.Contains(change.Key));

        public bool Has(int index) => index >= 0 && Applied.Contains(Changes[index].Key);
    }
}
