using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof;

/// <summary>How a proof was asked for.</summary>
/// <param name="HasTarget">Whether there is a target.</param>
/// <param name="Last">Without a target: how many of the last migrations are tried.</param>
internal sealed record ProveOptions(bool HasTarget, int Last);

/// <summary>Tries the migrations that a target lacks, or the last ones of a series, on a shadow database and reports what each statement does.</summary>
/// <param name="chosen">Where the files are prepared for: the target, or a shadow of nothing.</param>
/// <param name="series">The files.</param>
/// <param name="ground">Where they are tried.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
internal sealed class ProveRun(ChosenTarget chosen, MigrationSeries series, IProofGround ground, Workspace workspace, ProveOptions options)
{
    private readonly DraftMaker drafts = new(chosen, workspace);
    private readonly List<Finding> findings = [];

    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">There is no shadow, or the series cannot be read.</exception>
    public async Task<ReleaseProof> RunAsync(CancellationToken cancel)
    {
        chosen.Target.LeavesSyntaxToServer = true;
        var state = options.HasTarget ? await chosen.Target.ReadStateAsync(series.Name, cancel) : new TargetState("", false, null, false, [], null, [], null);
        var (before, pending) = Split(state);
        var tried = drafts.Prepare(series, state with { Adopted = null }, pending).ToList();
        if (tried.Count > 0 && !(options.HasTarget && await ground.CopyTargetAsync(cancel)))
            await ReplayAsync(before, state, cancel);
        var proofs = tried.Count == 0 ? [] : await TryAsync(tried, cancel);
        workspace.Progress.Now(null);
        return new ReleaseProof
        {
            Database = series.Name, Target = options.HasTarget ? chosen.Target.Name : null, Shadow = ground.Server, Artifact = series.Artifact,
            Migrations = proofs, NotChecked = ground.NotChecked, Findings = findings,
        };
    }

    /// <summary>What the shadow starts from, and what is tried on it.</summary>
    private (IReadOnlyList<Migration> Before, IReadOnlyList<Migration> Pending) Split(TargetState state)
    {
        var all = HistoryComparison.Of(series, [], OutOfOrderPolicy.Allow).Pending;
        if (!options.HasTarget)
            return ([.. all.SkipLast(options.Last)], [.. all.TakeLast(options.Last)]);
        var rows = Takeover.Of(series, state, drafts.Files(series)).Rows;
        var pending = HistoryComparison.Of(series, rows, OutOfOrderPolicy.Allow).Pending;
        return ([.. all.Where(migration => !pending.Contains(migration))], pending);
    }

    private Task ReplayAsync(IReadOnlyList<Migration> before, TargetState state, CancellationToken cancel)
    {
        var prepared = drafts.Prepare(series, state with { Adopted = null }, before).ToList();
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', prepared.Select(migration => $"{migration.Migration.Id}\0{migration.Up.Text}")))));
        return ground.ReplayAsync(key, async (target, inner) =>
        {
            await target.PrepareStoreAsync(inner);
            await using var lease = await target.TakeLeaseAsync("prove", TimeSpan.FromMinutes(1), workspace.Progress, inner);
            var stamp = new RunStamp("prove", workspace.Actor, series.Name, series.Artifact, "shadow");
            try
            {
                for (var i = 0; i < prepared.Count; i++)
                {
                    workspace.Progress.Now($"applying {prepared[i].Migration.Title} to the shadow", i, prepared.Count);
                    await target.ApplyAsync(prepared[i] with { Verify = null }, stamp, lease, workspace.Progress, inner);
                }
            }
            catch (StepFailedException e)
            {
                throw new LockkeeperException(MigrateErrors.NoShadow, e.Error.Message, e.Error.Hint, e.Error.At, e)
                {
                    Facts = [.. e.Error.Facts, new ErrorFact("WHERE", "on an empty shadow database; what has to be there before the first migration, such as roles and extensions, is given by --before FILE")],
                };
            }
        }, cancel);
    }

    private async Task<IReadOnlyList<MigrationProof>> TryAsync(IReadOnlyList<PreparedMigration> tried, CancellationToken cancel)
    {
        var proofs = new List<MigrationProof>();
        var database = await ground.CreateAsync(withRows: true, cancel);
        try
        {
            for (var i = 0; i < tried.Count; i++)
            {
                workspace.Progress.Now($"trying {tried[i].Migration.Title} on the shadow", i, tried.Count);
                var trace = await database.TraceAsync(tried[i], undo: false, null, cancel);
                if (trace.FailedOnData)
                {
                    findings.Add(new Finding("depends-on-rows", Severity.Warning, $"{trace.Error!.Message}, on rows that were made up", trace.Error.At, "Make sure that the target's rows allow it; what follows was tried on empty tables."));
                    await database.DisposeAsync();
                    database = await ground.CreateAsync(withRows: false, cancel);
                    foreach (var earlier in tried.Take(i))
                        await database.TraceAsync(earlier, undo: false, null, cancel);
                    trace = await database.TraceAsync(tried[i], undo: false, null, cancel);
                }

                proofs.Add(new MigrationProof(tried[i], trace));
                if (trace.Error is { } error)
                {
                    findings.Add(new Finding("fails", Severity.Error, $"{tried[i].Migration.Title} fails: {error.Message}", error.At, error.Hint));
                    break;
                }
            }
        }
        finally
        {
            await database.DisposeAsync();
        }

        return proofs;
    }
}
