using Lockkeeper.Kernel.Config.Shape.Clusters;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>server: git</c>.</summary>
internal static class GitShape
{
    private static readonly Key<string> Host = new("host", Values.Choice<string>(["github", "gitlab"], ["github", "gitlab"]), "The code host, or one that sends and takes the same messages.") { Required = true, Example = "github" };

    private static readonly Key<string> Secret = new("secret", ClusterValues.Secret, "A reference to the secret of the webhook: GitHub signs its messages with it, GitLab sends it along.") { Required = true, Example = "\"${env:WEBHOOK_SECRET}\"" };

    private static readonly Key<string> Comments = new("comments", Values.Text, "Where the comment is posted, as JSON with the member body; {number} stands for the number of the pull request. Without it the answer stands on the job's page only.")
    {
        Example = "\"https://code.example.org/api/v3/repos/company/shop/issues/{number}/comments\"",
    };

    private static readonly Key<string> Token = new("token", ClusterValues.Secret, "A reference to the token that the comment is posted with.") { Example = "\"${file:/run/secrets/code_token}\"" };

    private static readonly Key<bool> Prove = new("prove", Values.Boolean, "Whether pull requests of the repository itself are tried on a shadow server too. Those of forks are linted only, since a try runs what they hold.") { Default = "true", Example = "false" };

    public static RecordShape<PullRequestsConfig> PullRequestKeys { get; } = new(
        "pull_requests", [Host, Secret, Comments, Token, Prove],
        fields => new PullRequestsConfig { Host = fields.Get(Host), Secret = fields.Get(Secret), Comments = fields.GetOrNull(Comments), Token = fields.GetOrNull(Token), Prove = fields.Get(Prove) })
    {
        Check = requests => requests.Comments is null || (Uri.TryCreate(requests.Comments, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && requests.Comments.Contains("{number}", StringComparison.Ordinal))
            ? null
            : new Mistake($"'{requests.Comments}' is not an address with {{number}} in it", "Write the address of the comments of a pull request, with {number} where its number stands."),
    };

    private static readonly Key<TimeSpan> Fetch = new("fetch", Values.Duration("1d"), "How often the repository is fetched.") { Default = "1m", Example = "5m" };

    private static readonly Key<string> Remote = new("remote", Values.Text, "The remote, as the clone knows it.") { Default = "origin", Example = "upstream" };

    private static readonly Key<string> Branch = new("branch", Values.Text, "The branch that is followed.") { Default = "main", Example = "production" };

    private static readonly Key<PullRequestsConfig> PullRequests = new("pull_requests", PullRequestKeys, "How pull requests are looked at before they are merged: the code host's webhook goes to /hooks/github or /hooks/gitlab.")
    {
        Example = "{ host: github, secret: \"${env:WEBHOOK_SECRET}\" }",
    };

    public static RecordShape<GitConfig> Shape { get; } = new(
        "git", [Fetch, Remote, Branch, PullRequests],
        fields => new GitConfig { Fetch = fields.Get(Fetch), Remote = fields.Get(Remote), Branch = fields.Get(Branch), PullRequests = fields.GetOrNull(PullRequests) });
}
