using Lockkeeper.Host;
using Lockkeeper.Host.Reference;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Verbs;

/// <summary><c>lk reference</c>: prints a page of docs/reference.</summary>
internal static class Reference
{
    private static readonly Parameter Page = new("page", ParameterKind.Choice, "The page") { Positional = true, Required = true, Choices = ["verbs", "errors"] };

    public static Verb Verb { get; } = new()
    {
        Path = "reference",
        Summary = "print a page of the reference",
        Hidden = true,
        Effect = VerbEffect.Reads,
        Parameters = [Page],
        ReportType = () => CliJson.Default.TextReport,
        Handler = Handle,
    };

    private static Task<Report> Handle(VerbCall call, CancellationToken cancel)
    {
        var text = call.Required(Page) == "verbs" ? VerbsPage.Of(CliVerbs.With(Registry.Verbs)) : ErrorsPage.Of(CliVerbs.Errors);
        return Task.FromResult(Report.Of(new TextReport(text), () => CliJson.Default.TextReport, [new Code(text, "markdown")]));
    }
}
