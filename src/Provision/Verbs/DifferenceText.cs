using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Running;

namespace Lockkeeper.Provision.Verbs;

/// <summary>Tells people and programs how clusters differ from their declarations.</summary>
internal static class DifferenceText
{
    private const int MostLosses = 5;

    public static Report Of(IReadOnlyList<ProvisionResult> results, bool dryRun, bool isDrift)
    {
        var text = new List<Block>();
        foreach (var result in results)
            text.AddRange(Cluster(result, dryRun, isDrift));
        var error = results.Select(result => result.Error).FirstOrDefault(one => one is not null);
        var differs = results.Any(result => result.Before.All.Count > 0);
        var exit = isDrift && differs ? ExitCode.Findings : error is null || dryRun ? ExitCode.Done : results.Any(result => result.Steps.Any(step => step.State is StepState.Done or StepState.PartlyDone)) ? ExitCode.PartlyApplied : error.Exit;
        return Report.Of(new ProvisionReport(dryRun, [.. results.Select(result => Facts(result, dryRun))]), () => ProvisionJson.Default.ProvisionReport, text, exit).WithError(dryRun ? null : error);
    }

    private static IEnumerable<Block> Cluster(ProvisionResult result, bool dryRun, bool isDrift)
    {
        yield return new Heading(result.Target);
        yield return new Line($"{result.Before.Server}; {result.Cluster.File}", Tone.Muted);
        if (result.Steps.Count > 0)
        {
            foreach (var block in Done(result))
                yield return block;
        }
        else
        {
            foreach (var difference in result.Before.Corrected)
                foreach (var block in Planned(difference))
                    yield return block;
        }

        var kept = (result.After ?? result.Before).Kept;
        foreach (var group in kept.GroupBy(difference => difference.Kept!))
        {
            yield return new Line($"left as {(group.Count() == 1 ? "it is" : "they are")}, since {group.Key}:", Tone.Warning);
            foreach (var difference in group)
                yield return new Line(difference.Words, Tone.Warning, 1);
        }

        foreach (var note in (result.After ?? result.Before).NotChecked)
            yield return new Line($"not checked: {note}", Tone.Muted);
        yield return Ending(result, dryRun, isDrift, kept.Count);
        if (dryRun && result.Error is { } refusal)
            yield return new Line($"apply would be refused: {refusal.Code.Id} {refusal.Message}. {refusal.Hint}", Tone.Warning);
    }

    private static IEnumerable<Block> Planned(Difference difference)
    {
        var cost = Cost(difference);
        yield return new Line(difference.Words + (cost is null ? "" : $"   [{cost}]"), difference.Losses.Count > 0 ? Tone.Bad : difference.Cost == Differences.Cost.Restart ? Tone.Warning : Tone.Plain);
        // Of a file that is there already it is said which lines differ.
        if (difference.Remedy is { Act: not null } remedy && remedy.Shown.Any(line => line.StartsWith("- ", StringComparison.Ordinal)))
            foreach (var line in remedy.Shown.Skip(1))
                yield return new Line(line, Tone.Muted, 1);
        foreach (var loss in difference.Losses.Take(MostLosses))
            yield return new Line($"takes away {loss}", Tone.Bad, 1);
        if (difference.Losses.Count > MostLosses)
            yield return new Line($"and {difference.Losses.Count - MostLosses} more", Tone.Bad, 1);
    }

    private static IEnumerable<Block> Done(ProvisionResult result)
    {
        foreach (var step in result.Steps.Where(step => step.State != StepState.NotReached))
        {
            var words = step.State switch
            {
                // What takes a moment is told with its time: making, starting and restarting an instance above all.
                StepState.Done => step.Duration < TimeSpan.FromMilliseconds(50) ? "" : string.Create(CultureInfo.InvariantCulture, $"   [{step.Duration.TotalSeconds:0.0} s]"),
                StepState.PartlyDone => "   [failed half-way]",
                _ => "   [failed]",
            };
            yield return new Line(step.Step.Words + words, step.State == StepState.Done ? Tone.Good : Tone.Bad);
        }

        var missed = result.Steps.Count(step => step.State == StepState.NotReached);
        if (missed > 0)
            yield return new Line($"{missed} more {(missed == 1 ? "was" : "were")} not reached", Tone.Warning);
    }

    private static Line Ending(ProvisionResult result, bool dryRun, bool isDrift, int kept)
    {
        var planned = result.Before.Corrected.Count;
        if (result.Steps.Count > 0)
        {
            var done = result.Steps.Count(step => step.State == StepState.Done);
            var time = TimeSpan.FromTicks(result.Steps.Sum(step => step.Duration.Ticks));
            return result.Error is null
                ? new Line(string.Create(CultureInfo.InvariantCulture, $"{Plural(done, "change")} in {time.TotalSeconds:0.0} s, run {result.Run}; read again, and it is as declared{(kept > 0 ? " but for what was left" : "")}."), Tone.Good)
                : new Line($"{Plural(done, "change")} in place, run {result.Run}. The same command goes on from here.", Tone.Bad);
        }

        if (planned == 0)
            return new Line(kept == 0 ? "It is as declared." : isDrift ? $"{Plural(kept, "difference")}." : "Nothing to change.", kept == 0 ? Tone.Good : Tone.Warning);
        var losses = result.Before.Corrected.Count(difference => difference.Losses.Count > 0);
        var restarts = result.Before.Corrected.Count(difference => difference.Cost == Differences.Cost.Restart);
        var also = new List<string>();
        if (losses > 0)
            also.Add($"{losses} {(losses == 1 ? "takes" : "take")} something away");
        if (restarts > 0)
            also.Add($"{restarts} {(restarts == 1 ? "holds" : "hold")} after a restart of the server only");
        return new Line($"{Plural(planned, isDrift ? "difference" : "change")}{(also.Count > 0 ? ": " + string.Join(", ", also) : "")}.{(isDrift ? " 'lk provision apply' corrects them." : dryRun ? " Nothing was changed." : "")}", losses > 0 ? Tone.Bad : Tone.Warning);
    }

    private static string? Cost(Difference difference) => difference.Cost switch
    {
        Differences.Cost.NewSessions => "holds for new sessions",
        Differences.Cost.Reload => "reload",
        Differences.Cost.Restart => "restart",
        Differences.Cost.Lock => "locks the table for a moment",
        _ => null,
    };

    private static ClusterReport Facts(ProvisionResult result, bool dryRun)
    {
        var outcome = result.Error is not null && !dryRun ? "failed" : result.Steps.Count > 0 ? "done" : result.Before.Corrected.Count == 0 ? "as_declared" : "differs";
        var steps = result.Steps.ToLookup(step => step.Step.Words, StringComparer.Ordinal);
        return new ClusterReport(
            result.Cluster.Name, result.Cluster.File, result.Cluster.Environment?.Value, result.Target, result.Before.Server, result.Run, outcome,
            [.. result.Before.Corrected.Select(one => Fact(one, steps[one.Words].FirstOrDefault()))], [.. (result.After ?? result.Before).Kept.Select(one => Fact(one, null))], [.. (result.After?.Corrected ?? []).Select(one => Fact(one, null))],
            (result.After ?? result.Before).NotChecked, result.Steps.Count == 0 ? null : Math.Round(result.Steps.Sum(step => step.Duration.TotalMilliseconds), 1));
    }

    private static DifferenceReport Fact(Difference difference, StepResult? step) => new(
        difference.Object, difference.Change, difference.Cost switch { Differences.Cost.NewSessions => "new_sessions", var cost => cost.ToString().ToLowerInvariant() }, difference.Losses, difference.At?.ToString(), difference.Kept, step?.State.ToString().ToLowerInvariant(), step is null ? null : Math.Round(step.Duration.TotalMilliseconds, 1), difference.Remedy?.Shown ?? []);

    private static string Plural(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
