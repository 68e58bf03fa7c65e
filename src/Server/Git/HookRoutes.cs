using System.Text.Json;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Api;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Lockkeeper.Server.Git;

/// <summary>Where code hosts send their messages. They have no sign-in: the secret of the webhook is what lets them in, and all that they cause is a review.</summary>
internal static class HookRoutes
{
    /// <summary>GitHub sends up to 25 MB; a message about a pull request has some tens of KB.</summary>
    private const int MostBytes = 1024 * 1024;

    /// <summary>Adds the addresses.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.MapPost("/hooks/github", (RequestDelegate)(context => TakeAsync(context, parts, "github"))).WithMetadata(new OpenToAll());
        routes.MapPost("/hooks/gitlab", (RequestDelegate)(context => TakeAsync(context, parts, "gitlab"))).WithMetadata(new OpenToAll());
    }

    private static async Task TakeAsync(HttpContext context, ServerParts parts, string host)
    {
        var body = await BodyAsync(context);
        using var workspace = parts.WorkspaceOf(host, new SilentProgress());
        // Who has no webhook and who has another secret get the same answer: a stranger learns nothing.
        if (workspace.Config.Server.Git?.PullRequests is not { } requests || requests.Host != host || !IsTheirs(context, body, host, await workspace.Secrets.ResolveAsync(requests.Secret, context.RequestAborted)))
            throw new LockkeeperException(ServerErrors.ForeignMessage, "the message is not signed with the secret of the webhook", "Enter the same secret at the code host and where 'server: git: pull_requests: secret' points.");
        using var message = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
        if (Read(context, message.RootElement, host) is not { } pull)
        {
            await Answers.JsonAsync(context, "{\"job\":null}");
            return;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = $"{pull.Number}" };
        if (pull.IsFork || !requests.Prove)
            values["lint-only"] = "true";
        if (requests.Comments is not null)
            values["post"] = "true";
        // Hosts send a message again when no answer came: of one commit there is one review.
        var job = parts.Jobs.Start("review", values, host, $"review {pull.Number} {pull.Commit}");
        context.Response.Headers.Location = $"{ApiRoutes.Prefix}jobs/{job.Id}";
        await Answers.JsonAsync(context, $"{{\"job\":\"{job.Id}\"}}", StatusCodes.Status202Accepted);
    }

    private static bool IsTheirs(HttpContext context, byte[] body, string host, string secret) => host == "github"
        ? PullRequestEvent.IsSignedByGitHub(context.Request.Headers["X-Hub-Signature-256"].ToString(), body, secret)
        : PullRequestEvent.IsSentByGitLab(context.Request.Headers["X-Gitlab-Token"].ToString(), secret);

    private static PullRequestEvent? Read(HttpContext context, JsonElement message, string host)
    {
        try
        {
            return host == "github"
                ? (context.Request.Headers["X-GitHub-Event"].ToString() == "pull_request" ? PullRequestEvent.OfGitHub(message) : null)
                : (context.Request.Headers["X-Gitlab-Event"].ToString() == "Merge Request Hook" ? PullRequestEvent.OfGitLab(message) : null);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new LockkeeperException(ServerErrors.BadRequest, "the message is not one of a pull request as the code host sends it", "Let the webhook send pull request events as JSON.", inner: e);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MostBytes;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
