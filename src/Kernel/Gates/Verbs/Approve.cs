using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Gates.Verbs;

/// <summary><c>lk approve RUN</c>.</summary>
internal static class Approve
{
    private static readonly Parameter Run = new("run", ParameterKind.Text, "The run that waits, as the refused command printed it") { Positional = true, Required = true, ValueName = "RUN" };

    public static Verb Verb { get; } = new()
    {
        Path = "approve",
        Summary = "approve a run that waits for approval",
        Details = "Writes the approval into the ledger. Nobody approves a run that they asked for. When enough people have approved, the command that was refused runs when it is called again. "
            + "Who you are is the operating system's user name, or LK_ACTOR.",
        Effect = VerbEffect.Local,
        Parameters = [Run],
        Examples = [new VerbExample("lk approve 20261122-101500-3fa2", "approves the run with this id")],
        ReportType = () => ApproveJson.Default.ApproveReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (id, workspace) = (call.Required(Run), call.Workspace);
        var request = (await ApprovalRequest.ReadAsync(workspace.Ledger, new LedgerFilter { Run = id }, cancel)).SingleOrDefault()
            ?? throw new LockkeeperException(KernelErrors.RunUnknown, $"no run {id} waits for approval", "Run 'lk ledger show' for the runs.");
        Check(request, workspace.Actor, workspace.Config);
        await workspace.Ledger.AppendAsync(request.Grant(workspace.Actor), cancel);

        var given = request.Approvers.Append(workspace.Actor).Distinct().Count();
        var data = new ApproveReport(id, request.Environment, request.Database, workspace.Actor, given, request.Required);
        var next = given >= request.Required ? "Run the refused command again." : $"{request.Required - given} more to go.";
        return Report.Of(data, () => ApproveJson.Default.ApproveReport, [new Line($"{workspace.Actor} approved run {id} on {request.Environment} ({given} of {request.Required}). {next}", Tone.Good)]);
    }

    /// <summary>The two-person rule and the groups.</summary>
    internal static void Check(ApprovalRequest request, string actor, ProjectConfig config)
    {
        if (request.Used)
            throw new LockkeeperException(KernelErrors.ApprovalNotAllowed, $"run {request.Run} is over", "An approval is for one run; the next one asks anew.");
        if (actor == request.Requester)
            throw new LockkeeperException(KernelErrors.ApprovalNotAllowed, $"{actor} asked for run {request.Run} and cannot approve it", "Ask somebody else to approve it.");
        if (request.Groups.Count > 0 && !request.Groups.Any(group => config.Groups.GetValueOrDefault(group)?.Contains(actor) == true))
            throw new LockkeeperException(KernelErrors.ApprovalNotAllowed, $"{actor} is not in {string.Join(" or ", request.Groups)}", "Ask a member of the group, or add the name under groups in lockkeeper.yaml.");
    }
}

/// <summary>What <c>lk approve</c> answers.</summary>
internal sealed record ApproveReport(string Run, string Environment, string? Database, string ApprovedBy, int Approvals, int Required);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ApproveReport))]
internal sealed partial class ApproveJson : JsonSerializerContext;
