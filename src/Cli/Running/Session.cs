using Lockkeeper.Cli.CommandLine;
using Lockkeeper.Cli.Help;
using Lockkeeper.Cli.Rendering;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Running;

/// <summary>One run of the program: reads the command line, runs what it asks for, prints the answer and gives the exit code.</summary>
internal sealed class Session(IReadOnlyList<Verb> verbs, IEnvironment environment, Output output, Output errors, Func<IInboundHttp> http)
{
    private readonly Redactor redactor = new();

    /// <summary>Runs.</summary>
    /// <param name="arguments">The words after the program's name.</param>
    /// <returns>An <see cref="ExitCode"/>; as a number, since tasks of own value types are compiled at start.</returns>
    public async Task<int> RunAsync(string[] arguments)
    {
        Verb? verb = null;
        var json = arguments.Contains("--json");
        try
        {
            switch (LineParser.Parse(verbs, arguments))
            {
                case AskedVerb asked:
                    verb = asked.Verb;
                    return await RunAsync(asked);
                case AskedVersion: output.Write(ProgramVersion.Line); break;
                case AskedOverview: output.Write(HelpPage.Overview(verbs, Terminal.OfOutput(environment))); break;
                case AskedGroup group: output.Write(HelpPage.OfGroup(verbs, group.Path, Terminal.OfOutput(environment))); break;
                case AskedHelp help: output.Write(HelpPage.Of(help.Verb, Terminal.OfOutput(environment))); break;
                case AskedCompletions completions: output.Write(string.Concat(completions.Words.Select(word => word + "\n"))); break;
            }

            return (int)ExitCode.Done;
        }
        catch (Exception e)
        {
            return Fail(e as LockkeeperException ?? VerbRun.Unexpected(e), verb, json);
        }
    }

    private async Task<int> RunAsync(AskedVerb asked)
    {
        var json = asked.Values.ContainsKey(StandardParameters.Json.Name);
        using var interrupts = new Interrupts();
        var progress = Progress(json);
        try
        {
            using var workspace = WorkspaceFactory.Create(asked.Values.GetValueOrDefault(StandardParameters.Config.Name), environment, progress, redactor, http, () => json ? null : TerminalScreen.Open(output, environment, redactor, interrupts.Token));
            var report = await VerbRun.RunAsync(new VerbCall(asked.Verb, asked.Values, workspace), interrupts.Token);
            (progress as IDisposable)?.Dispose();
            foreach (var piece in json ? [JsonAnswer.Of(asked.Verb.Path, report, redactor)] : ReportText.Pieces(report.Text, Terminal.OfOutput(environment), redactor))
                output.Write(piece);
            if (!json && report.Error is { } error)
                errors.TryWrite(ErrorText.Of(error, Terminal.OfErrors(environment), redactor));
            return (int)report.Exit;
        }
        finally
        {
            (progress as IDisposable)?.Dispose();
        }
    }

    private IProgressSink Progress(bool json)
    {
        var terminal = Terminal.OfErrors(environment);
        return json || terminal == Terminal.None ? new LineProgress(errors, redactor) : new TerminalProgress(errors, terminal, redactor, TimeProvider.System);
    }

    private int Fail(LockkeeperException error, Verb? verb, bool json)
    {
        if (json && error.Code != KernelErrors.OutputLost)
            output.TryWrite(JsonAnswer.Of(verb?.Path, error, redactor));
        else
            errors.TryWrite(ErrorText.Of(error, Terminal.OfErrors(environment), redactor));
        if (environment.Get("LK_DEBUG") == "1" && error.InnerException is { } cause)
            errors.TryWrite(redactor.Redact(cause.ToString()) + "\n");
        // A lost report does not undo what the verb did: "failed, nothing changed" would be wrong.
        return (int)(error.Code == KernelErrors.OutputLost && verb?.Effect == VerbEffect.Changes ? ExitCode.PartlyApplied : error.Exit);
    }
}
