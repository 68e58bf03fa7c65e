using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof;

/// <summary>Makes migrations the schema that a proof ground starts from.</summary>
internal static class ShadowReplay
{
    /// <summary>Runs migrations on a ground that is empty.</summary>
    /// <param name="ground">The ground.</param>
    /// <param name="series">The series that they belong to.</param>
    /// <param name="prepared">The migrations.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">One of them fails.</exception>
    public static Task RunAsync(IProofGround ground, MigrationSeries series, IReadOnlyList<PreparedMigration> prepared, Workspace workspace, CancellationToken cancel)
    {
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
}
