using System.Runtime.InteropServices;
using System.Text.Json;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

public sealed class InitCiTests : IDisposable
{
    private const string GitHub = ".github/workflows/migrations.yml";
    private const string GitLab = ".gitlab/migrations.yml";
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task the_workflow_of_github_keeps_to_its_schema_and_its_expressions_hold()
    {
        await ProjectAsync("");
        var schema = await Workflows.ActionValidatorAsync(folder[GitHub]);
        schema.ExitCode.ShouldBe(0, schema.Output);
        var lint = await Workflows.ActionLintAsync(folder[GitHub]);
        lint.ExitCode.ShouldBe(0, lint.Output);

        var text = await File.ReadAllTextAsync(folder[GitHub]);
        folder.Write("bad.yml", text.Replace("timeout-minutes", "timeout-minuets", StringComparison.Ordinal));
        (await Workflows.ActionValidatorAsync(folder["bad.yml"])).ExitCode.ShouldNotBe(0, "the checker checks");
        folder.Write("bad.yml", text.Replace("steps.review.outputs", "steps.reviews.outputs", StringComparison.Ordinal));
        (await Workflows.ActionLintAsync(folder["bad.yml"])).ExitCode.ShouldNotBe(0, "the checker checks");
    }

    [Fact]
    public async Task the_workflow_of_gitlab_keeps_to_its_schema()
    {
        await ProjectAsync("");
        folder.Write(".gitlab-ci.yml", "include:\n  - local: .gitlab/migrations.yml\n");
        await GitAsync("git remote add origin https://git.example.com/a/b.git && git add -A && git commit -qm ci");
        var schema = await Workflows.GitLabCiAsync(folder.Path);
        schema.ExitCode.ShouldBe(0, schema.Output);
        schema.Output.ShouldContain("\"migrations:note\"");
        folder.Write(GitLab, (await File.ReadAllTextAsync(folder[GitLab])).Replace("timeout:", "timeuot:", StringComparison.Ordinal));
        (await Workflows.GitLabCiAsync(folder.Path)).ExitCode.ShouldNotBe(0, "the checker checks");
    }

    [Fact]
    public async Task only_the_job_that_runs_nothing_of_the_pull_request_may_write()
    {
        await ProjectAsync("");
        var jobs = (await File.ReadAllTextAsync(folder[GitHub])).Split("\n  report:\n");
        jobs[0].ShouldContain("\npermissions: {}\n");
        jobs[0].ShouldNotContain(": write");
        jobs[0].ShouldContain("persist-credentials: false");
        jobs[1].ShouldNotContain("actions/checkout");
        // What somebody else may choose, such as a branch's name, never becomes part of a script.
        jobs.SelectMany(job => job.Split("run: |").Skip(1)).ShouldAllBe(step => !step.Split("\n      - ", StringSplitOptions.None)[0].Contains("${{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("db/", "db")]
    public async Task a_workflow_runs_for_the_migrations_of_its_project(string prefix, string subfolder)
    {
        await ProjectAsync(subfolder);
        foreach (var file in new[] { GitHub, GitLab })
        {
            var text = await File.ReadAllTextAsync(folder[file]);
            text.ShouldContain($"- '{prefix}migrations/shop/**'\n");
            text.ShouldContain($"- '{prefix}lockkeeper.yaml'\n");
            text.ShouldContain($"- '{file}'\n");
            text.ShouldContain("LK_SOURCE: 'https://git.example.com/lk.git'\n");
            text.ShouldNotMatch("@[A-Z]+@");
        }
    }

    [Fact]
    public async Task a_file_that_exists_is_never_changed()
    {
        await ProjectAsync("");
        File.Delete(folder[GitHub]);
        folder.Write(GitLab, "mine\n");
        var result = await LkProcess.RunAsync(folder.Path, "init", "ci", "--github", "--gitlab");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain($"LK1107: {GitLab} exists already");
        (await File.ReadAllTextAsync(folder[GitLab])).ShouldBe("mine\n");
        File.Exists(folder[GitHub]).ShouldBeFalse();
        (await LkProcess.RunAsync(folder.Path, "init", "ci")).ExitCode.ShouldBe(2);
        (await LkProcess.RunAsync(folder.Path, "init", "ci", "--github", "--source", "$(id)")).ExitCode.ShouldBe(2);
        File.Exists(folder[GitHub]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(GitHub, "- name: Lint and prove", "run: |")]
    [InlineData(GitLab, "script:", "- |")]
    public async Task the_review_finds_what_the_branch_adds_and_tries_only_that(string file, params string[] before)
    {
        await BranchAsync("CREATE INDEX items_name_idx ON items (name);\n");
        var script = Workflows.ScriptAfter(await File.ReadAllTextAsync(folder[file]), before);
        var result = await Workflows.BashAsync(folder.Path, ReviewVariables(), script);
        result.ExitCode.ShouldBe(1, result.Output);
        var comment = await File.ReadAllTextAsync(folder["lk-review/comment.md"]);
        comment.ShouldStartWith("<!-- lockkeeper: migrations -->\n### Migrations: 1 error");
        comment.ShouldContain("require-concurrent-index-creation");
        comment.ShouldContain("CREATE INDEX items_name_idx");
        comment.ShouldContain("builds ");
        comment.ShouldNotContain("CREATE TABLE items", customMessage: "it is no part of the branch");
        JsonDocument.Parse(await File.ReadAllTextAsync(folder[file == GitHub ? "lk-review/lint.sarif" : "lk-review/codequality.json"])).Dispose();
        if (file == GitHub)
        {
            result.Output.ShouldContain("::error");
            (await File.ReadAllTextAsync(folder["output"])).ShouldBe("written=yes\n");
            (await File.ReadAllTextAsync(folder["summary"])).ShouldBe(comment);
        }
    }

    [Theory]
    [InlineData(GitHub, "- name: Lint and prove", "run: |")]
    [InlineData(GitLab, "script:", "- |")]
    public async Task a_branch_with_a_safe_migration_passes(string file, params string[] before)
    {
        await BranchAsync("CREATE TABLE labels (id bigint PRIMARY KEY);\n");
        var result = await Workflows.BashAsync(folder.Path, ReviewVariables(), Workflows.ScriptAfter(await File.ReadAllTextAsync(folder[file]), before));
        result.ExitCode.ShouldBe(0, result.Output);
        (await File.ReadAllTextAsync(folder["lk-review/comment.md"])).ShouldContain("nothing found in 1 migration");
    }

    [Theory]
    [InlineData("echo 42", "PATCH repos/a/b/issues/comments/42")]
    [InlineData("true", "POST repos/a/b/issues/7/comments")]
    [InlineData("exit 1", "")]
    public async Task a_comment_is_written_once_brought_up_to_date_later_and_left_out_where_it_may_not_be(string earlier, string expected)
    {
        await ProjectAsync("");
        folder.Write("bin/gh", $"#!/bin/sh\ncase \"$*\" in *--paginate*) {earlier} ;; *) echo \"$4 $5\" >>calls; {(expected.Length == 0 ? "exit 1" : "true")} ;; esac\n");
        File.SetUnixFileMode(folder["bin/gh"], (UnixFileMode)Convert.ToInt32("755", 8));
        var script = Workflows.ScriptAfter(await File.ReadAllTextAsync(folder[GitHub]), "- name: Comment, or bring the earlier comment up to date", "run: |");
        var result = await Workflows.BashAsync(folder.Path, new() { ["PATH"] = $"{folder["bin"]}:/usr/bin:/bin", ["GITHUB_REPOSITORY"] = "a/b", ["NUMBER"] = "7", ["GH_TOKEN"] = "none" }, script);
        result.ExitCode.ShouldBe(0, result.Output);
        if (expected.Length > 0)
            (await File.ReadAllTextAsync(folder["calls"])).Trim().ShouldBe(expected);
        else
            result.Output.ShouldContain("::notice::");
    }

    private Dictionary<string, string> ReviewVariables() => new()
    {
        ["PATH"] = $"{Path.GetDirectoryName(LkProcess.Program)}:{Environment.GetEnvironmentVariable("PATH")}",
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
        ["HOME"] = folder.Path,
        ["LK_SANDBOX_FOLDER"] = folder["servers"],
        ["GITHUB_WORKSPACE"] = folder.Path, ["GITHUB_BASE_REF"] = "main", ["GITHUB_STEP_SUMMARY"] = folder["summary"], ["GITHUB_OUTPUT"] = folder["output"],
        ["CI_PROJECT_DIR"] = folder.Path, ["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = "origin/main", ["LK_FOLDER"] = ".", ["PROVE_OPTIONS"] = "--fresh",
    };

    private async Task ProjectAsync(string subfolder)
    {
        await GitAsync("git init -q -b main .");
        var project = Directory.CreateDirectory(folder[subfolder]).FullName;
        (await LkProcess.RunAsync(project, "init", "shop")).ExitCode.ShouldBe(0);
        var result = await LkProcess.RunAsync(project, "init", "ci", "--github", "--gitlab", "--source", "https://git.example.com/lk.git", "--ref", "4f1c2d9");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain($"wrote {GitHub}");
    }

    private async Task BranchAsync(string sql)
    {
        await ProjectAsync("");
        folder.Write("migrations/shop/0001_items.up.sql", "CREATE TABLE items (id bigint PRIMARY KEY, name text);\n");
        folder.Write("migrations/shop/0001_items.down.sql", "DROP TABLE items;\n");
        await GitAsync("git add -A && git commit -qm items && git update-ref refs/remotes/origin/main main && git checkout -qb change");
        folder.Write("migrations/shop/0002_change.up.sql", sql);
        folder.Write("migrations/shop/0002_change.down.sql", sql.StartsWith("CREATE TABLE", StringComparison.Ordinal) ? "DROP TABLE labels;\n" : "DROP INDEX items_name_idx;\n");
        await GitAsync("git add -A && git commit -qm change");
    }

    private async Task GitAsync(string script)
    {
        var result = await Workflows.BashAsync(folder.Path, new() { ["GIT_AUTHOR_NAME"] = "anna", ["GIT_AUTHOR_EMAIL"] = "anna@example.com", ["GIT_COMMITTER_NAME"] = "anna", ["GIT_COMMITTER_EMAIL"] = "anna@example.com" }, script);
        result.ExitCode.ShouldBe(0, result.Output);
    }
}
