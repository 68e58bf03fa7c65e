using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe alerts silence</c>.</summary>
internal static class AlertsSilenceVerb
{
    private static readonly Parameter Match = new("match", ParameterKind.Text, "Which alerts: NAME=VALUE of their labels, several with commas; alertname and severity are labels too") { ValueName = "LABELS" };

    private static readonly Parameter For = new("for", ParameterKind.Duration, "For how long") { Default = "2h" };

    private static readonly Parameter Reason = new("reason", ParameterKind.Text, "Why; others read it");

    private static readonly Parameter End = new("end", ParameterKind.Text, "Ends a silence, by the name that the list shows") { ValueName = "NAME" };

    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe alerts silence",
        Summary = "keep receivers from being told of some alerts for a time",
        Details = "The alerts are still evaluated and listed. Who silenced what, and why, is an entry of the ledger.",
        Effect = VerbEffect.Local,
        Parameters = [Match, For, Reason, End],
        Examples =
        [
            new VerbExample("lk observe alerts silence --match alertname=PostgresReplicaLags,target=shop-prod/n2 --for 1h --reason \"disk is being replaced\"", "an hour of quiet about one thing"),
            new VerbExample("lk observe alerts silence --end s-20261122-1", "ends it early"),
        ],
        ReportType = () => ObserveJson.Default.SilencedReport,
        Handler = (call, cancel) => HandleAsync(setup, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, VerbCall call, CancellationToken cancel)
    {
        using var store = setup.OpenStore(call.Workspace);
        var now = call.Workspace.Clock.GetUtcNow();
        if (call.Text(End) is { } id)
        {
            if (!store.EndSilence(id))
                throw new LockkeeperException(KernelErrors.UnknownName, $"there is no silence '{id}'", "See 'lk observe alerts list'.");
            await call.Workspace.Ledger.AppendAsync(Fact("silence.ended", new JsonObject { ["silence"] = id }, call.Workspace), cancel);
            return Report.Of(new SilencedReport(id, Ended: true), () => ObserveJson.Default.SilencedReport, [new Line($"{id} has ended")]);
        }

        var silence = new Silence($"s-{now:yyyyMMdd-HHmmssfff}", Matchers(call.Text(Match)), now, now + call.Duration(For)!.Value, call.Workspace.Actor, call.Text(Reason) ?? "");
        // The ledger first: a silence that nobody can account for must not hold.
        await call.Workspace.Ledger.AppendAsync(Fact("silence.began", new JsonObject
        {
            ["silence"] = silence.Id,
            ["match"] = new JsonObject(silence.Matchers.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value))),
            ["until"] = silence.Until.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["reason"] = silence.Reason,
        }, call.Workspace), cancel);
        store.Write(silence);
        return Report.Of(new SilencedReport(silence.Id, Ended: false), () => ObserveJson.Default.SilencedReport, [new Line($"{silence.Id} holds for {Durations.Words(silence.Until - now)}")]);
    }

    private static Dictionary<string, string> Matchers(string? text)
    {
        var matchers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } value])
                throw new LockkeeperException(KernelErrors.WrongUse, $"'{pair}' is not a label and its value", "Write NAME=VALUE, for example alertname=PostgresReplicaLags.");
            matchers[name] = value.Trim('"');
        }

        return matchers.Count > 0 ? matchers : throw new LockkeeperException(KernelErrors.WrongUse, "'observe alerts silence' needs --match or --end", "Name the alerts, for example --match alertname=PostgresReplicaLags.");
    }

    private static LedgerFact Fact(string kind, JsonObject body, Workspace workspace) =>
        new(kind, RunId.New(workspace.Clock), Environment: null, Database: null, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString()));
}
