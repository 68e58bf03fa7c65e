using System.Globalization;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Ledger.Verbs;

/// <summary>The data of <c>lk ledger show</c>.</summary>
/// <param name="Entries">The entries, oldest first.</param>
internal sealed record ShowReport(IReadOnlyList<ShownEntry> Entries);

/// <summary>One entry as it is shown.</summary>
internal sealed record ShownEntry(
    long Number, DateTimeOffset At, string Kind, string Run, string? Environment, string? Database, string Actor, JsonElement Body, string PreviousHash, string Hash);

/// <summary><c>lk ledger show</c>: what was asked for, decided and done.</summary>
internal static class Show
{
    private static readonly Parameter Run = new("run", ParameterKind.Text, "Only this run") { ValueName = "ID" };
    private static readonly Parameter InEnvironment = StandardParameters.Environment with { Required = false, Help = "Only this environment" };
    private static readonly Parameter Last = new("last", ParameterKind.Integer, "How many entries, counted from the end") { Default = "50" };

    public static Verb Verb { get; } = new()
    {
        Path = "ledger show",
        Summary = "show what was asked for, decided and done",
        Details = "Prints the last entries of the ledger, oldest first. With --json each entry also has its body: the evidence, such as the statements that ran and what a gate printed.",
        Effect = VerbEffect.Reads,
        Parameters = [Run, InEnvironment, Last],
        Examples =
        [
            new VerbExample("lk ledger show --env prod --last 10", "the last ten entries about prod"),
            new VerbExample("lk ledger show --run ID --json", "everything about one run, with the evidence"),
        ],
        ReportType = () => LedgerJson.Default.ShowReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var last = call.Integer(Last)!.Value;
        if (last is < 1 or > int.MaxValue)
            throw new LockkeeperException(KernelErrors.WrongUse, $"--last {last} is not a number of entries", "Give a number from 1 on.");
        var filter = new LedgerFilter { Run = call.Text(Run), Environment = call.Text(InEnvironment), Last = (int)last };
        var entries = new List<ShownEntry>();
        await foreach (var entry in call.Workspace.Ledger.ReadAsync(filter, cancel))
            entries.Add(Shown(entry));
        if (entries.Count == 0 && filter.Run is { } run)
            throw new LockkeeperException(KernelErrors.RunUnknown, $"there is no run '{run}' in the ledger", "Run 'lk ledger show' to see the last runs.");
        return Report.Of(new ShowReport(entries), () => LedgerJson.Default.ShowReport, Text(entries));
    }

    private static ShownEntry Shown(LedgerEntry entry)
    {
        var fact = entry.Fact;
        return new ShownEntry(entry.Number, entry.At, fact.Kind, fact.Run, fact.Environment, fact.Database, fact.Actor, EntryBody.Read(fact.Body), entry.PreviousHash, entry.Hash);
    }

    private static IReadOnlyList<Block> Text(List<ShownEntry> entries) => entries.Count == 0
        ? [new Line("The ledger has no such entries.", Tone.Muted)]
        :
        [
            new Table(
                ["#", "time (UTC)", "run", "environment", "database", "what", "who", "summary"],
                [.. entries.Select(Row)]),
        ];

    private static Cell[] Row(ShownEntry entry) =>
    [
        entry.Number.ToString(CultureInfo.InvariantCulture),
        entry.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        entry.Run,
        entry.Environment ?? "",
        entry.Database ?? "",
        new Cell(entry.Kind, EntryBody.ToneOf(entry.Kind)),
        entry.Actor,
        EntryBody.Summary(entry.Body),
    ];
}
