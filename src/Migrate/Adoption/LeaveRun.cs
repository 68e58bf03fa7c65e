using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>Stops keeping an adopted tool's table up to date.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class LeaveRun(ChosenTarget chosen, Workspace workspace)
{
    /// <summary>Runs it; answers which tool was left, or would be.</summary>
    /// <param name="series">The series' name.</param>
    /// <param name="write">Whether to do it.</param>
    /// <param name="wait">How long to wait for another runner.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">No tool's table is kept up to date here.</exception>
    public async Task<AdoptionRecord> RunAsync(string series, bool write, TimeSpan wait, CancellationToken cancel)
    {
        if ((await chosen.Target.ReadStateAsync(series, cancel)).Adopted?.Adoption is not { IsKept: true } adoption)
        {
            throw new LockkeeperException(
                MigrateErrors.NothingToAdopt, $"no other tool's table is kept up to date on {chosen.Target.Name}", "There is nothing to leave; 'lk migrate status' says what was adopted.");
        }

        if (!write)
            return adoption;
        await using var lease = await chosen.Target.TakeLeaseAsync($"{workspace.Actor}, leaving {adoption.Tool} on {chosen.Environment.Name}", wait, workspace.Progress, cancel);
        var stamp = chosen.Stamp(RunId.New(workspace.Clock), workspace.Actor, "");
        await chosen.Target.Adoption.LeaveAsync(stamp, lease, cancel);
        var body = new JsonObject { ["tool"] = adoption.Tool, ["table"] = $"{adoption.Schema}.{adoption.Table}" };
        await workspace.Ledger.AppendAsync(new LedgerFact("history.left", stamp.Run, stamp.Environment, series, stamp.Actor, body.ToJsonString()), cancel);
        return adoption;
    }
}
