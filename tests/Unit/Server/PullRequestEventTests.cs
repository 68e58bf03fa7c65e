using System.Text;
using System.Text.Json;
using Lockkeeper.Server.Git;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class PullRequestEventTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void githubs_signature_is_the_hmac_of_the_body_and_nothing_else_will_do()
    {
        // The example of GitHub's own documentation of webhooks.
        var body = Encoding.UTF8.GetBytes("Hello, World!");
        PullRequestEvent.IsSignedByGitHub("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", body, "It's a Secret to Everybody").ShouldBeTrue();
        PullRequestEvent.IsSignedByGitHub("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", body, "It's a secret to everybody").ShouldBeFalse();
        PullRequestEvent.IsSignedByGitHub("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", body, "It's a Secret to Everybody").ShouldBeFalse();
        PullRequestEvent.IsSignedByGitHub("sha256=", body, "").ShouldBeFalse();
        PullRequestEvent.IsSignedByGitHub("", body, "").ShouldBeFalse();
        PullRequestEvent.IsSentByGitLab("secret", "secret").ShouldBeTrue();
        PullRequestEvent.IsSentByGitLab("", "secret").ShouldBeFalse();
    }

    [Theory]
    [InlineData("opened", 1, false)]
    [InlineData("synchronize", 2, true)]
    public void a_pull_request_of_another_repository_is_a_forks(string action, int from, bool isFork) =>
        PullRequestEvent.OfGitHub(Json($$$$"""{"action":"{{{{action}}}}","pull_request":{"number":12,"head":{"sha":"{{{{Commit}}}}","repo":{"id":{{{{from}}}} }},"base":{"repo":{"id":1}} }}""")).ShouldBe(new PullRequestEvent(12, Commit, isFork));

    [Fact]
    public void the_repository_of_a_fork_that_is_gone_is_a_forks_and_other_actions_are_nothing()
    {
        PullRequestEvent.OfGitHub(Json($$$$"""{"action":"opened","pull_request":{"number":12,"head":{"sha":"{{{{Commit}}}}","repo":null},"base":{"repo":{"id":1}} }}"""))!.IsFork.ShouldBeTrue();
        PullRequestEvent.OfGitHub(Json("""{"action":"labeled","pull_request":{}}""")).ShouldBeNull();
        PullRequestEvent.OfGitHub(Json("""{"zen":"Design for failure."}""")).ShouldBeNull();
        PullRequestEvent.OfGitHub(Json("""{"action":"opened","pull_request":{"number":12,"head":{"sha":"--upload-pack=x","repo":{"id":1}},"base":{"repo":{"id":1}} }}""")).ShouldBeNull();
    }

    [Fact]
    public void a_merge_request_counts_when_it_is_opened_or_has_new_commits()
    {
        string Message(string action, string more) => $$$$"""{"object_attributes":{"iid":5,"action":"{{{{action}}}}","source_project_id":3,"target_project_id":4,"last_commit":{"id":"{{{{Commit}}}}"} {{{{more}}}} }}""";
        PullRequestEvent.OfGitLab(Json(Message("open", ""))).ShouldBe(new PullRequestEvent(5, Commit, true));
        PullRequestEvent.OfGitLab(Json(Message("update", ""))).ShouldBeNull();
        PullRequestEvent.OfGitLab(Json(Message("update", ",\"oldrev\":\"abc\""))).ShouldNotBeNull();
        PullRequestEvent.OfGitLab(Json(Message("approved", ""))).ShouldBeNull();
    }

    [Fact]
    public void a_database_is_at_the_newest_commit_all_of_whose_migrations_are_applied()
    {
        CommitFiles[] commits = [new("c3", default, "", ["m/4.sql"]), new("c2", default, "", ["m/2.sql", "m/3.sql"]), new("c1", default, "", ["m/1.sql"])];
        DeployedCommit.Of(commits, [])!.Id.ShouldBe("c3");
        DeployedCommit.Of(commits, ["m/4.sql", "m/not-committed.sql"])!.Id.ShouldBe("c2");
        DeployedCommit.Of(commits, ["m/3.sql", "m/4.sql"])!.Id.ShouldBe("c1");
        DeployedCommit.Of(commits, ["m/3.sql"])!.Id.ShouldBe("c1");
        DeployedCommit.Of(commits, ["m/1.sql"]).ShouldBeNull();
        DeployedCommit.Of([], []).ShouldBeNull();
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
