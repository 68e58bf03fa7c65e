using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Doctor;

/// <summary><c>lk doctor</c>: what this machine lacks for Lockkeeper's verbs, and how to get it.</summary>
public static class DoctorVerb
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(5);

    /// <summary>Declares the verb over the checks of all parts.</summary>
    /// <param name="checks">The checks, in the order of the report.</param>
    public static Verb Create(IReadOnlyList<DoctorCheck> checks) => new()
    {
        Path = "doctor",
        Summary = "say what is missing on this machine and how to get it",
        Details = "Looks at all things at once, each for at most 5 seconds, and changes nothing. Ends with exit code 1 when something is missing that a verb needs.",
        Effect = VerbEffect.Reads,
        Examples = [new VerbExample("lk doctor", "look at programs, configuration, disk and servers")],
        ReportType = () => DoctorJson.Default.DoctorReport,
        Handler = (call, cancel) => RunAsync(checks, call.Workspace, cancel),
    };

    private static async Task<Report> RunAsync(IReadOnlyList<DoctorCheck> checks, Workspace workspace, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(checks.Select(check => LookAsync(check, workspace, cancel)));
        var bad = checks.Zip(answers).Count(pair => !pair.First.Optional && pair.Second.Health != Health.Good);
        var report = new DoctorReport(bad == 0, [.. checks.Zip(answers, Entry)]);
        var text = new List<Block> { new Table(["check", "state", "found"], [.. report.Checks.Select(Row)]) };
        foreach (var entry in report.Checks.Where(entry => entry.Remedy is not null && entry.State != "good"))
        {
            text.Add(new Line($"{entry.Name}: needed for {entry.NeededFor}", entry.State == "optional" ? Tone.Muted : Tone.Warning));
            text.Add(new Line(entry.Remedy!, Tone.Plain, Indent: 1));
        }

        text.Add(bad == 0 ? new Line("nothing is missing", Tone.Good) : new Line($"{bad} of {checks.Count} checks found something missing", Tone.Bad));
        return Report.Of(report, () => DoctorJson.Default.DoctorReport, text, bad == 0 ? ExitCode.Done : ExitCode.Findings);
    }

    private static async Task<DoctorAnswer> LookAsync(DoctorCheck check, Workspace workspace, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(CheckLimit, workspace.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            // A check may block in a system call that knows no cancellation, such as a network disk that is gone.
            return await Task.Run(() => check.Look(workspace, both.Token), both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return new DoctorAnswer(Health.Broken, $"no answer within {Durations.Words(CheckLimit)}", "Look at why it hangs, and run it again.");
        }
        catch (LockkeeperException e)
        {
            return new DoctorAnswer(Health.Broken, e.Message, e.Hint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DoctorAnswer(Health.Broken, e.Message, "Look at the rights and the disk of what it names.");
        }
    }

    private static DoctorEntry Entry(DoctorCheck check, DoctorAnswer answer) => new(
        check.Name,
        answer.Health switch
        {
            Health.Good => "good",
            _ when check.Optional => "optional",
            Health.Missing => "missing",
            _ => "broken",
        },
        answer.Found,
        check.NeededFor,
        answer.Remedy);

    private static IReadOnlyList<Cell> Row(DoctorEntry entry) =>
    [
        new Cell(entry.Name, Tone.Strong),
        new Cell(entry.State, entry.State switch { "good" => Tone.Good, "optional" => Tone.Muted, "missing" => Tone.Warning, _ => Tone.Bad }),
        entry.Found,
    ];
}

/// <summary>What <c>doctor</c> answers.</summary>
/// <param name="Healthy">Whether nothing is missing that a verb needs.</param>
/// <param name="Checks">What was looked at.</param>
internal sealed record DoctorReport(bool Healthy, IReadOnlyList<DoctorEntry> Checks);

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="State">good, missing, broken, or optional for what is not here and not needed.</param>
/// <param name="Found">What was found.</param>
/// <param name="NeededFor">Which verbs need it.</param>
/// <param name="Remedy">How to get it; null when it is here.</param>
internal sealed record DoctorEntry(string Name, string State, string Found, string NeededFor, string? Remedy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
