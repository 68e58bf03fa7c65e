using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lockkeeper.Server.Access;

namespace Lockkeeper.Server.Git;

/// <summary>What a code host says of a pull request (GitLab: merge request) when it is opened or gets new commits.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Commit">Its newest commit.</param>
/// <param name="IsFork">Whether it comes from another repository, whose owner may be anybody.</param>
internal sealed record PullRequestEvent(long Number, string Commit, bool IsFork)
{
    /// <summary>Whether a message comes from GitHub: <c>X-Hub-Signature-256</c> is the HMAC of the body under the secret that both know.</summary>
    public static bool IsSignedByGitHub(string header, byte[] body, string secret) =>
        header.StartsWith("sha256=", StringComparison.Ordinal) && Secrets.AreSame(header["sha256=".Length..].ToLowerInvariant(), Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)));

    /// <summary>Whether a message comes from GitLab: <c>X-Gitlab-Token</c> is the secret itself.</summary>
    public static bool IsSentByGitLab(string header, string secret) => Secrets.AreSame(Secrets.Hash(header), Secrets.Hash(secret));

    /// <summary>Reads GitHub's event <c>pull_request</c>; null for what changes no files.</summary>
    public static PullRequestEvent? OfGitHub(JsonElement body)
    {
        if (Text(body, "action") is not ("opened" or "reopened" or "synchronize") || !body.TryGetProperty("pull_request", out var request))
            return null;
        var (head, target) = (request.GetProperty("head"), request.GetProperty("base"));
        return Of(request.GetProperty("number").GetInt64(), Text(head, "sha"), RepositoryOf(head) is not { } from || from != RepositoryOf(target));
    }

    /// <summary>Reads GitLab's event <c>Merge Request Hook</c>; null for what changes no files.</summary>
    public static PullRequestEvent? OfGitLab(JsonElement body)
    {
        if (!body.TryGetProperty("object_attributes", out var request) || Text(request, "action") is not ("open" or "reopen" or "update"))
            return null;
        // An update without new commits is of its words only.
        if (Text(request, "action") == "update" && !request.TryGetProperty("oldrev", out _))
            return null;
        return Of(
            request.GetProperty("iid").GetInt64(), request.TryGetProperty("last_commit", out var last) ? Text(last, "id") : null,
            request.GetProperty("source_project_id").GetInt64() != request.GetProperty("target_project_id").GetInt64());
    }

    private static PullRequestEvent? Of(long number, string? commit, bool isFork) =>
        number > 0 && commit is { Length: 40 or 64 } && commit.All(char.IsAsciiHexDigitLower) ? new PullRequestEvent(number, commit, isFork) : null;

    private static long? RepositoryOf(JsonElement side) => side.TryGetProperty("repo", out var repository) && repository.ValueKind == JsonValueKind.Object ? repository.GetProperty("id").GetInt64() : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
