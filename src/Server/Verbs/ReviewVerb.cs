using System.Globalization;
using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Git;

namespace Lockkeeper.Server.Verbs;

/// <summary><c>lk review NUMBER</c>.</summary>
internal static class ReviewVerb
{
    private static readonly Parameter Number = new("number", ParameterKind.Integer, "The number of the pull request (GitLab: merge request)") { Positional = true, Required = true };

    private static readonly Parameter LintOnly = new("lint-only", ParameterKind.Flag, "Do not try the migrations on a shadow server, which runs what they hold");

    private static readonly Parameter Post = new("post", ParameterKind.Flag, "Post the answer as a comment where 'server: git: pull_requests: comments' says");

    /// <summary>Declares it.</summary>
    /// <param name="verbs">The verbs, of which lint and prove are called.</param>
    public static Verb Declare(IReadOnlyList<Verb> verbs) => new()
    {
        Path = "review",
        Summary = "lint a pull request's migrations and try them on a shadow server",
        Details = "Fetches the pull request, takes its migrations and nothing else of it, and looks at what they add: configuration, policy and secrets are those that are checked out here. 'lk serve' does this by itself when the code host's webhook goes to /hooks/github or /hooks/gitlab; pull requests of forks are linted only.",
        Effect = VerbEffect.Local,
        Parameters = [Number, LintOnly, Post],
        Examples = [new VerbExample("lk review 12", "looks at pull request 12"), new VerbExample("lk review 12 --lint-only --post", "lints it, and posts the findings")],
        ReportType = () => ReviewJson.Default.ReviewReport,
        Handler = (call, cancel) => HandleAsync(verbs, call, cancel),
    };

    private static async Task<Report> HandleAsync(IReadOnlyList<Verb> verbs, VerbCall call, CancellationToken cancel)
    {
        if (call.Workspace.Config.Server.Git is not { PullRequests: not null } git)
            throw new LockkeeperException(ServerErrors.GitFailed, "the configuration does not say where pull requests are", "Add server: { git: { pull_requests: { host: github, secret: … } } } to lockkeeper.yaml.");
        var number = long.Parse(call.Required(Number), CultureInfo.InvariantCulture);
        var review = new PullRequestReview(verbs.Single(verb => verb.Path == "migrate lint"), verbs.Single(verb => verb.Path == "migrate prove"), call.Workspace, git);
        var found = await review.RunAsync(number, !call.Flag(LintOnly), cancel);
        var posted = call.Flag(Post) && await review.PostAsync(number, found.Markdown, cancel);
        return Report.Of(
            new ReviewReport(number, found.Commit, found.Base, found.Proved, posted, found.Markdown), () => ReviewJson.Default.ReviewReport, [new Code(found.Markdown, "markdown")],
            found.Exit is ExitCode.Done or ExitCode.Findings ? found.Exit : ExitCode.Findings);
    }
}

/// <summary>What <c>lk review</c> answers.</summary>
internal sealed record ReviewReport(long Number, string Commit, string Base, bool Proved, bool Posted, string Markdown);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReviewReport))]
internal sealed partial class ReviewJson : JsonSerializerContext;
