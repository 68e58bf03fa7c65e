using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Backup.Verbs;

/// <summary>A drill in the ledger, in reports and in words, whichever copy it was held on.</summary>
internal static class DrillText
{
    /// <summary>The entry of the ledger.</summary>
    public static JsonObject Body(DrillOutcome outcome) => new()
    {
        ["set"] = outcome.Set,
        ["at"] = outcome.At.ToString("O", CultureInfo.InvariantCulture),
        ["failure"] = outcome.Failure,
        ["is_evidence"] = outcome.IsEvidence,
        ["damaged_segment"] = outcome.DamagedSegment,
        ["reached_until"] = outcome.ReachedUntil?.ToString("O", CultureInfo.InvariantCulture),
        ["random_moment"] = outcome.RandomMoment?.ToString("O", CultureInfo.InvariantCulture),
        ["rpo_seconds"] = outcome.RecoveryPoint?.TotalSeconds,
        ["rto_seconds"] = outcome.RecoveryTime?.TotalSeconds,
        ["forecast_seconds"] = outcome.Forecast?.TotalSeconds,
        ["database_bytes"] = outcome.DatabaseBytes,
        ["phases"] = new JsonArray([.. outcome.Phases.Select(phase => new JsonObject { ["name"] = phase.Name, ["ms"] = Math.Round(phase.Took.TotalMilliseconds, 1), ["bytes"] = phase.Bytes })]),
        ["checks"] = new JsonArray([.. outcome.Checks.Select(check => new JsonObject { ["name"] = check.Name, ["passed"] = check.Passed, ["words"] = check.Words })]),
    };

    /// <summary>The answer. Exit code 1 when the drill failed.</summary>
    public static Report Answer(string cluster, string run, BackupConfig policy, DrillOutcome outcome)
    {
        var report = new DrillReport(
            cluster, run, outcome.Set, outcome.Failure is null, outcome.Failure, outcome.RecoveryPoint?.TotalSeconds, outcome.RecoveryTime?.TotalSeconds, outcome.Forecast?.TotalSeconds, outcome.RandomMoment, outcome.ReachedUntil,
            [.. outcome.Phases.Select(phase => new PhaseReport(phase.Name, phase.Took.TotalMilliseconds, phase.Bytes))], [.. outcome.Checks.Select(check => new LookReport(check.Name, check.Passed, check.Words))]);
        return Report.Of(report, () => BackupJson.Default.DrillReport, [.. Text(policy, outcome)], outcome.Failure is null ? ExitCode.Done : ExitCode.Findings);
    }

    /// <summary>What a dry run answers: nothing was tried, so nothing has passed.</summary>
    public static Report DryRun(string cluster, string run, string set, TimeSpan? forecast, IReadOnlyList<Block> text) => Report.Of(
        new DrillReport(cluster, run, set, Passed: false, null, null, null, forecast?.TotalSeconds, null, null, [], [], DryRun: true), () => BackupJson.Default.DrillReport, text);

    private static IEnumerable<Block> Text(BackupConfig policy, DrillOutcome outcome)
    {
        yield return new Heading($"Drill of {outcome.Set}");
        yield return new Table(["phase", "took", "bytes", "a second"], [.. outcome.Phases.Select(phase => (IReadOnlyList<Cell>)
        [
            phase.Name, BackupText.Span(phase.Took), phase.Bytes is { } bytes ? BackupText.Size(bytes) : "", phase.Bytes is { } moved && phase.Took > TimeSpan.Zero ? BackupText.Size((long)(moved / phase.Took.TotalSeconds)) : "",
        ])]);
        foreach (var check in outcome.Checks)
            yield return new Line($"{check.Name}: {check.Words}", check.Passed switch { true => Tone.Good, false => Tone.Bad, _ => Tone.Muted });
        if (outcome.RecoveryPoint is { } point)
            yield return new Line($"would have been lost (RPO): {BackupText.Span(point)}{Allowed(policy.RecoveryPoint)}", policy.RecoveryPoint < point ? Tone.Bad : Tone.Plain);
        if (outcome.RecoveryTime is { } time)
            yield return new Line($"until the copy was open (RTO): {BackupText.Span(time)}{Allowed(policy.RecoveryTime)}{(outcome.Forecast is { } forecast ? $"; the forecast was {BackupText.Span(forecast)}" : "")}", policy.RecoveryTime < time ? Tone.Bad : Tone.Plain);
        yield return outcome.Failure is { } failure ? new Line($"the drill failed: {failure}", Tone.Bad) : new Line("the drill passed", Tone.Good);

        static string Allowed(TimeSpan? most) => most is { } limit ? $", allowed {BackupText.Span(limit)}" : "";
    }
}
