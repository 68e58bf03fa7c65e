using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Fix;
using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What fix did, for people and for programs.</summary>
internal static class FixText
{
    /// <param name="results">Each database.</param>
    /// <param name="written">Whether the files were changed.</param>
    /// <param name="isAsked">Whether they should have been.</param>
    public static Report Of(IReadOnlyList<FixResult> results, bool written, bool isAsked)
    {
        var files = results.SelectMany(result => result.Files.Select(file => (result.Database, File: file))).ToList();
        var changed = files.Count(pair => pair.File.File is not null);
        var left = files.Sum(pair => pair.File.Left.Count);
        var failed = results.SelectMany(result => result.Proof?.Files ?? []).Any(file => file.Error is not null);
        var blocks = new List<Block>();
        foreach (var (_, file) in files)
            blocks.AddRange(File(file));
        foreach (var result in results)
            blocks.AddRange(Proof(result));
        blocks.AddRange(results.SelectMany(result => result.NotChecked).Distinct().Select(words => new Line($"not checked: {words}", Tone.Warning)));
        blocks.Add(new Line(Summary(changed, left, written, isAsked, failed), failed || left > 0 ? Tone.Warning : Tone.Good));
        var data = new FixReport(
            written, [.. files.Select(pair => Data(pair.Database, pair.File))],
            [.. results.Where(result => result.Proof is not null).Select(Data)], [.. results.SelectMany(result => result.NotChecked).Distinct()]);
        return Report.Of(data, () => MigrateJson.Default.FixReport, blocks, failed || left > 0 || (changed > 0 && !written) ? ExitCode.Findings : ExitCode.Done);
    }

    private static IEnumerable<Block> File(FixedMigration file)
    {
        yield return new Heading(file.Fix.Migration.Up.File);
        if (file.File is { } change)
        {
            yield return new Code(LineDiff.Of(file.Fix.Migration.Up.File, change.Before, change.After), "diff");
            foreach (var words in file.Fix.Words)
                yield return new Line(words, Tone.Good);
        }

        foreach (var finding in file.Left)
            yield return new Line($"{finding.At}: not made safe: {finding.Message} [{finding.Rule}]{(finding.Hint is { } hint ? $" HINT: {hint}" : "")}", Tone.Bad);
        foreach (var finding in file.Remaining)
            yield return new Line($"in the fixed file, {finding.At}: {finding.Severity.ToString().ToLowerInvariant()}: {finding.Message} [{finding.Rule}]", Tone.Warning);
        if (file.Fix.Later.Count > 0)
            yield return new Line($"in a later release, when no application uses the old name any more: {string.Join("; ", file.Fix.Later)};");
    }

    private static IEnumerable<Block> Proof(FixResult result)
    {
        if (result.Proof is not { } proof)
            yield break;
        yield return new Heading($"{result.Database} on {proof.Shadow}");
        yield return new Table(
            ["migration", "as it is", "fixed"],
            [.. proof.Files.Select(file => (IReadOnlyList<Cell>)[file.Migration.Title, Cell(file.Before), file.Error is { } error ? new Cell($"fails: {error.Message}", Tone.Bad) : Cell(file.After)])]);
        if (proof.Files.All(file => file.Error is null))
            yield return proof.Differences.Count == 0 ? new Line("both ways make the same schema", Tone.Good) : new Line("the fixed files make another schema:", Tone.Warning);
        foreach (var difference in proof.Differences)
            yield return new Line(difference, Tone.Warning, 1);
    }

    private static string Summary(int changed, int left, bool written, bool isAsked, bool failed)
    {
        var rest = left > 0 ? $"; {Plural.Of(left, "finding")} left to you" : "";
        return changed == 0 ? left > 0 ? $"nothing could be rewritten{rest}" : "nothing to fix"
            : written ? $"{Plural.Of(changed, "file")} rewritten{rest}"
            : failed && isAsked ? $"nothing was written: a fixed file fails on the shadow{rest}"
            : $"{Plural.Of(changed, "file")} would be rewritten (--write does it){rest}";
    }

    private static Cell Cell(Verdict verdict) => new(Verdicts.Words(verdict), verdict >= Verdict.BlocksWrites ? Tone.Bad : Tone.Good);

    private static FixedFileReport Data(string database, FixedMigration file) => new(
        database, file.Fix.Migration.Id, file.Fix.Migration.Up.File, file.File is null ? [] : file.Fix.Words,
        file.File is { } change ? LineDiff.Of(file.Fix.Migration.Up.File, change.Before, change.After) : null,
        [.. file.Left.Select(Status.FindingData)], file.Fix.Later, [.. file.Remaining.Select(Status.FindingData)]);

    private static FixProofReport Data(FixResult result) => new(
        result.Database, result.Proof!.Shadow, result.Proof.Differences.Count == 0, result.Proof.Differences,
        [.. result.Proof.Files.Select(file => new FixVerdictReport(file.Migration.Id, Verdicts.Words(file.Before), Verdicts.Words(file.After), file.Error?.Message))]);
}
