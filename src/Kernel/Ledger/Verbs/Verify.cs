using System.Globalization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Ledger.Verbs;

/// <summary>The data of <c>lk ledger verify</c>.</summary>
/// <param name="Valid">Whether the ledger is as it was written.</param>
/// <param name="Entries">How many entries are sound, from the first on.</param>
/// <param name="Head">The last sound entry as <c>NUMBER:HASH</c>, or null when there is none.</param>
/// <param name="Problem">The first entry that was tampered with, or null.</param>
internal sealed record VerifyReport(bool Valid, long Entries, string? Head, VerifyProblem? Problem);

/// <summary>The first entry that was tampered with.</summary>
/// <param name="Code">The error's number.</param>
/// <param name="Number">The entry's number.</param>
/// <param name="Kind">How: changed, missing, out_of_place, tail_cut_off, added or rewritten.</param>
/// <param name="Message">The same in words.</param>
internal sealed record VerifyProblem(string Code, long Number, string Kind, string Message);

/// <summary><c>lk ledger verify</c>: recomputes the hash chain.</summary>
internal static class Verify
{
    private static readonly Parameter Noted = new("head", ParameterKind.Text, "An end that was noted elsewhere and must still be in the chain") { ValueName = "NUMBER:HASH" };

    public static Verb Verb { get; } = new()
    {
        Path = "ledger verify",
        Summary = "prove that nobody changed the ledger",
        Details = "Recomputes the hash chain over all entries and names the first one that was changed, is missing, out of place or cut off. "
            + "It also prints the end of the chain: keep it where the ledger's owner cannot write, and give it back with --head, "
            + "to find out even one who wrote the whole chain anew.",
        Effect = VerbEffect.Reads,
        Parameters = [Noted],
        Examples = [new VerbExample("lk ledger verify", "exit code 0 when the ledger is sound, 1 when it was tampered with")],
        ReportType = () => LedgerJson.Default.VerifyReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var noted = call.Text(Noted) is { } text ? ParseHead(text) : null;
        var answer = await ChainCheck.RunAsync(call.Workspace.Ledger, noted, cancel);
        var entries = answer.Last.Number;
        var end = entries == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{entries}:{answer.Last.Hash}");
        if (answer.Problem is not { } problem)
        {
            var sound = entries == 0
                ? new Line("The ledger is empty.", Tone.Muted)
                : new Line($"The ledger is sound: {entries} entries, end {end}.", Tone.Good);
            return Report.Of(new VerifyReport(true, entries, end, null), () => LedgerJson.Default.VerifyReport, [sound]);
        }

        var code = KernelErrors.LedgerTampered;
        return Report.Of(
            new VerifyReport(false, entries, end, new VerifyProblem(code.Id, problem.Number, Name(problem.Kind), problem.Words)),
            () => LedgerJson.Default.VerifyReport,
            [
                new Line($"{code.Id}: {problem.Words}", Tone.Bad),
                new Line(entries == 0 ? "No entry before it." : $"The entries 1 to {entries} are as they were written.", Indent: 1),
                new Line("HINT: Keep the file as it is for the investigation, and compare it with a backup of the ledger from before.", Tone.Strong),
            ],
            code.Exit);
    }

    private static (long Number, string Hash)? ParseHead(string text)
    {
        var parts = text.Split(':');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            && parts[1].Length == 64 && parts[1].All(char.IsAsciiHexDigitLower))
            return (number, parts[1]);
        throw new LockkeeperException(KernelErrors.WrongUse, $"'{text}' is not the end of a ledger", "Give NUMBER:HASH as 'lk ledger verify' printed it.");
    }

    private static string Name(TamperKind kind) => kind switch
    {
        TamperKind.Changed => "changed",
        TamperKind.Missing => "missing",
        TamperKind.OutOfPlace => "out_of_place",
        TamperKind.TailCutOff => "tail_cut_off",
        TamperKind.Added => "added",
        _ => "rewritten",
    };
}
