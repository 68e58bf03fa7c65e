using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>Takes over what an adopted tool applied on its own, at the beginning of a run and under its lease.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class TakeoverWriting(ChosenTarget chosen, Workspace workspace)
{
    /// <summary>Writes the rows that a draft found missing, and says so.</summary>
    public async Task WriteAsync(Draft draft, string run, ITargetLease lease, CancellationToken cancel)
    {
        if (!draft.Takeover.IsNeeded)
            return;
        var tool = draft.State.Adopted!.Adoption.Tool;
        var stamp = chosen.Stamp(run, workspace.Actor, draft.Series.Artifact);
        await chosen.Target.Adoption.TakeOverAsync([.. draft.Takeover.Applied.Select(migration => migration.ToRow(workspace.Actor, workspace.Clock.GetUtcNow()))], stamp, lease, cancel);
        var ids = draft.Takeover.Applied.Select(migration => migration.Id).ToList();
        var body = new JsonObject { ["tool"] = tool, ["migrations"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };
        await workspace.Ledger.AppendAsync(new LedgerFact("history.taken_over", run, stamp.Environment, stamp.Series, stamp.Actor, body.ToJsonString()), cancel);
        workspace.Progress.Say($"took over from {tool}, which applied it: {string.Join(", ", ids)}");
    }
}
