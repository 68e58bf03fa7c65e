using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision destroy</c>.</summary>
internal static class Destroy
{
    private static readonly Parameter Cluster = new("cluster", ParameterKind.Text, "A declared cluster with the key instance or managed") { Positional = true, Required = true, ValueName = "CLUSTER" };

    private static readonly Parameter Name = new("name", ParameterKind.Text, "The cluster's name once more: the second confirmation, beside --yes") { ValueName = "CLUSTER" };

    private static readonly Parameter Backup = new("last-backup", ParameterKind.Text, "The folder that a last backup is written to before, as one SQL script of everything; of a managed instance, the name of its final snapshot") { ValueName = "FOLDER" };

    private static readonly Parameter NoBackup = new("no-last-backup", ParameterKind.Flag, "Destroy it without a last backup");

    public static Verb Declare(ClusterChoice clusters) => new()
    {
        Path = "provision destroy",
        Summary = "take a last backup of an instance, stop it and remove it with all its data",
        Details = "Only what the program has made is removed: a data directory carries a file that says for which cluster. Needs 'protect: false' in the declaration, --yes, the name once more, and a folder for a last backup or the word that there is to be none. "
            + "A run that was killed is gone on with by the next.",
        Effect = VerbEffect.Changes,
        Parameters = [Cluster, Name, Backup, NoBackup],
        Examples =
        [
            new VerbExample("lk provision destroy shop-dev --dry-run", "says what would be lost"),
            new VerbExample("lk provision destroy shop-dev --yes --name shop-dev --last-backup backups", "writes backups/shop-dev-….sql, and removes the instance"),
        ],
        ReportType = () => ProvisionJson.Default.DestroyReport,
        Handler = (call, cancel) => HandleAsync(clusters, call, cancel),
    };

    private static async Task<Report> HandleAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var (workspace, started) = (call.Workspace, call.Workspace.Clock.GetTimestamp());
        var (cluster, target) = await clusters.OpenDestructibleAsync(call.Required(Cluster), workspace, cancel);
        await using var open = target;
        if (cluster.Protect)
            throw new LockkeeperException(ProvisionErrors.IsProtected, $"the cluster '{cluster.Name}' is protected", $"Write 'protect: false' into {cluster.File} when it is to be destroyed, so that the repository says so.");
        var environment = cluster.Environment is { } name ? workspace.Config.Environments.FirstOrDefault(one => one.Name == name.Value) : null;
        var admission = environment is null ? null : new EnvironmentAdmission(environment, cluster.Name, workspace);
        if (admission?.Window() is { } closed)
            throw closed;
        var found = await target.FindAsync(cancel);
        var backup = call.Flag(NoBackup) || !found.Exists ? null : call.Text(Backup) is { } given ? target.BackupPlace(given, workspace.Folder, workspace.Clock.GetUtcNow()) : "";
        if (call.DryRun)
            return Of(cluster, found, call, null, started);
        Confirm(call, cluster, found, backup);
        var plan = PlanOf(cluster, found);
        var run = environment?.Approvals is { } approvals ? await admission!.ApprovedRunAsync(plan, approvals, cluster.Name, cancel) : RunId.New(workspace.Clock);
        await workspace.Ledger.AppendAsync(Fact("run.started", new JsonObject { ["title"] = plan.Title, ["plan"] = plan.Hash, ["declaration"] = cluster.File, ["steps"] = new JsonArray(plan.Steps[0].Words) }), cancel);
        await target.DestroyAsync(backup, workspace.Progress, cancel);
        await clusters.RemovePartsAsync(cluster, workspace, cancel);
        await workspace.Ledger.AppendAsync(Fact(ApprovalRequest.FinishedKind, new JsonObject { ["outcome"] = "destroyed", ["changed"] = true, ["last_backup"] = backup }), CancellationToken.None);
        return Of(cluster, found, call, backup, started);

        LedgerFact Fact(string kind, JsonObject body) => new(kind, run, cluster.Environment?.Value, cluster.Name, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString()));
    }

    private static void Confirm(VerbCall call, ClusterConfig cluster, InstanceRemains found, string? backup)
    {
        if (backup?.Length == 0)
            throw new LockkeeperException(ProvisionErrors.NoLastBackup, $"'{cluster.Name}' is not destroyed without a last backup", "Give --last-backup with a folder, or with the name of a final snapshot for a managed instance; or --no-last-backup.");
        if (call.Yes && call.Text(Name) == cluster.Name)
            return;
        throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"all of '{cluster.Name}' in {found.Data} of {found.Host} would be lost", $"Run it with --yes --name {cluster.Name} when that is what you want.")
        {
            Facts = [.. found.Losses.Select(loss => new ErrorFact("LOST", loss))],
        };
    }

    private static Kernel.Plans.Plan PlanOf(ClusterConfig cluster, InstanceRemains found) => new(
        $"destroy {cluster.Name}", cluster.Environment?.Value ?? "", cluster.Name,
        [new Step("1", $"destroy the instance in {found.Data} of {found.Host}", "", Undo.None, new Impact(Risk.High, [], [$"all of {cluster.Name}"]))]);

    private static Report Of(ClusterConfig cluster, InstanceRemains found, VerbCall call, string? backup, long started)
    {
        var time = call.Workspace.Clock.GetElapsedTime(started);
        var text = new List<Block> { new Heading($"{cluster.Name} in {found.Data} of {found.Host}") };
        text.AddRange(found.Losses.Select(loss => new Line($"{(call.DryRun ? "would take" : "took")} away {loss}", Tone.Bad)));
        if (backup is not null)
            text.Add(new Line(cluster.Managed is null ? $"The last backup is in {backup}; psql reads it into any server." : $"The last backup is the snapshot {backup}.", Tone.Good));
        text.Add(call.DryRun
            ? new Line(found.Exists ? $"The instance would be stopped and removed. Nothing was changed." : "There is no such instance.", Tone.Warning)
            : new Line(string.Create(CultureInfo.InvariantCulture, $"{(found.Exists ? "Removed" : "There was nothing left of it")}, in {time.TotalSeconds:0.0} s. The declaration is still there: take {cluster.File} away, or apply makes it again."), Tone.Good));
        return Report.Of(new DestroyReport(cluster.Name, call.DryRun, found.Host, found.Data, found.Exists, backup, found.Losses, Math.Round(time.TotalMilliseconds, 1)), () => ProvisionJson.Default.DestroyReport, text);
    }
}
