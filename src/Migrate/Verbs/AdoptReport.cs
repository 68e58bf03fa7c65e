using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Adoption;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What adopt answers.</summary>
internal sealed record AdoptReport(
    string Environment, string Database, string Target, string Tool, string Table, string Format, bool Written, string? Run, IReadOnlyList<AdoptedFile> Migrations, IReadOnlyList<string> Drift,
    string? ReplayedOn, string? ReplayError, IReadOnlyList<string> Undone, IReadOnlyList<string> Behind, IReadOnlyList<string> Objections);

/// <summary>One migration that the tool applied or that the folder has.</summary>
internal sealed record AdoptedFile(string Id, string File, string Verdict, string Words);

/// <summary>What leaving an adopted tool answers.</summary>
internal sealed record LeaveReport(string Environment, string Database, string Target, string Tool, string Table, bool Written);

/// <summary>Words an adoption for people.</summary>
internal static class AdoptText
{
    private const int ShownVerified = 20;

    /// <summary>The whole report.</summary>
    public static IEnumerable<Block> Of(AdoptReport report, AdoptResult result)
    {
        yield return new Heading($"adopt {report.Database} on {report.Environment} ({report.Target}) from {result.Look.Found.Words}");
        yield return new Line($"{result.Look.Series.Migrations.Count} migrations in the folder, format {report.Format} ({result.Look.Series.FormatReason})", Tone.Muted);
        var settled = report.Migrations.TakeWhile(migration => migration.Verdict == "verified").Count();
        var hidden = settled > ShownVerified ? settled - ShownVerified : 0;
        if (hidden > 0)
            yield return new Line($"{hidden} earlier migrations are verified (--json shows them)", Tone.Muted);
        if (report.Migrations.Count > hidden)
            yield return new Table(["migration", "verdict", "because"], [.. report.Migrations.Skip(hidden).Select(Row)]);
        foreach (var undone in report.Undone)
            yield return new Line($"undone by {report.Tool}: {undone}", Tone.Warning);
        foreach (var behind in report.Behind)
            yield return new Line($"{report.Tool} has to hear of {behind}", Tone.Warning);
        if (report.ReplayedOn is { } server)
            yield return Replayed(report, server);
        foreach (var difference in report.Drift)
            yield return new Line($"drifted: {difference}", Tone.Bad);
        foreach (var objection in report.Objections)
            yield return new Line($"against it: {objection}", Tone.Bad);
        yield return Ending(report, result);
    }

    private static IReadOnlyList<Cell> Row(AdoptedFile migration) =>
    [
        $"{migration.Id} {migration.File}".Trim(),
        new Cell(migration.Verdict, migration.Verdict switch { "verified" => Tone.Good, "unknown" or "marked" => Tone.Warning, _ => Tone.Bad }),
        migration.Words,
    ];

    private static Line Replayed(AdoptReport report, string server) => report.ReplayError is { } error
        ? new Line($"the files do not run on an empty database ({server}): {error}", Tone.Bad)
        : report.Drift.Count > 0
            ? new Line($"the files ran on an empty database ({server}), and the live schema differs in {Plural.Of(report.Drift.Count, "place")}", Tone.Bad)
            : new Line($"the files ran on an empty database ({server}), and the live schema is the same", Tone.Good);

    private static Line Ending(AdoptReport report, AdoptResult result) => report switch
    {
        { Written: true } => new Line($"adopted: {Plural.Of(result.New.Count, "migration")} taken over, and {report.Table} is kept up to date from now on (run {report.Run})", Tone.Good),
        { Objections.Count: > 0 } => new Line("nothing was written", Tone.Warning),
        _ when !result.IsNeeded => new Line($"nothing to do: it is adopted already, and {report.Table} is kept up to date", Tone.Good),
        _ => new Line("nothing was written; --yes adopts it", Tone.Warning),
    };
}
