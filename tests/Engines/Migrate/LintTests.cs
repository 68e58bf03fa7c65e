using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary><c>lk migrate lint</c> as a process; nothing here needs a server.</summary>
public sealed class LintTests
{
    /// <summary>The target is never asked.</summary>
    private const string Yaml =
        """
        project: test
        databases:
          shop: { engine: postgres, migrations: migrations }
        environments:
          - { name: dev, targets: { shop: "${env:NOT_SET}" } }

        """;

    private const string Bad = "CREATE INDEX orders_idx ON orders (id);\n";
    private const string Worrying = "DROP TABLE orders;\n";
    private const string Fine = "CREATE TABLE refunds (id bigint PRIMARY KEY);\n";

    [Theory]
    [InlineData(Fine, "error", 0)]
    [InlineData(Worrying, "error", 0)]
    [InlineData(Worrying, "warning", 1)]
    [InlineData(Bad, "error", 1)]
    [InlineData(Bad, "never", 0)]
    public async Task the_exit_code_follows_the_least_severity_that_is_asked_for(string sql, string failOn, int exit)
    {
        using var folder = new TestFolder();
        folder.Write("lockkeeper.yaml", Yaml);
        folder.Write("migrations/0001_first.up.sql", sql);
        var result = await Lint(folder, "--fail-on", failOn);
        result.ExitCode.ShouldBe(exit, result.ToString());
    }

    [Fact]
    public async Task a_finding_is_shown_with_its_line_and_a_mark_below_the_place()
    {
        using var folder = new TestFolder();
        folder.Write("größe der bestellung.sql", "-- eine Bemerkung: größer\n  CREATE INDEX orders_idx ON orders (id);\n");
        var result = await Lint(folder, "größe der bestellung.sql");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("größe der bestellung.sql:2:3: error: writes to orders wait until the index is built [require-concurrent-index-creation]");
        result.Output.ShouldContain("     2 |   CREATE INDEX orders_idx ON orders (id);\n       |   ^");
        result.Output.ShouldContain("HINT: ");
    }

    [Fact]
    public async Task a_folder_in_no_known_format_is_read_by_the_names_of_its_files()
    {
        using var folder = new TestFolder();
        folder.Write("sql/b first.sql", Bad);
        folder.Write("sql/a/other.sql", Fine);
        var result = await Lint(folder, "sql", "--json");
        var data = JsonNode.Parse(result.Output)!["data"]!;
        data["files"]!.GetValue<int>().ShouldBe(2, result.ToString());
        data["findings"]!.AsArray().ShouldHaveSingleItem()!["file"]!.GetValue<string>().ShouldBe("sql/b first.sql");
    }

    [Fact]
    public async Task a_syntax_error_is_a_finding_at_its_line_and_column_and_the_rest_is_looked_at()
    {
        using var folder = new TestFolder();
        folder.Write("a.sql", "SELECT 1;\nALTER TABEL orders ADD x int;\n" + Bad);
        var result = await Lint(folder, "a.sql");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("a.sql:2:7: error: ");
        result.Output.ShouldContain("[syntax-error]");
        result.Output.ShouldContain("a.sql:3:1: error: ");
    }

    [Fact]
    public async Task a_file_with_the_line_ends_of_windows_is_allowed_and_found_like_any_other()
    {
        using var folder = new TestFolder();
        folder.Write("a.sql", "-- lk: allow require-concurrent-index-creation: the table is empty\r\nCREATE INDEX a ON orders (id);\r\n\r\nCREATE INDEX b ON orders\r\n(id);\r\n");
        var result = await Lint(folder, "a.sql");
        result.Output.ShouldContain("a.sql:4:1: error: ");
        result.Output.ShouldContain("a.sql:2: allowed: writes to orders wait until the index is built [require-concurrent-index-creation], because: the table is empty");
        result.Output.ShouldContain("1 error in 1 migration; 1 allowed by the files");
    }

    [Fact]
    public async Task a_rule_that_is_not_there_is_refused_at_its_place_in_the_configuration()
    {
        using var folder = new TestFolder();
        folder.Write("lockkeeper.yaml", Yaml + "policy:\n  rules:\n    ban-drop-tabel: error\n");
        folder.Write("migrations/0001_first.up.sql", Fine);
        var result = await Lint(folder);
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain("there is no rule 'ban-drop-tabel'");
        result.Errors.ShouldContain("Did you mean 'ban-drop-table'?");
        result.Errors.ShouldContain("lockkeeper.yaml:8:");
    }

    [Fact]
    public async Task a_path_that_is_not_there_is_wrong_use()
    {
        using var folder = new TestFolder();
        var result = await Lint(folder, "no such file.sql");
        result.ExitCode.ShouldBe(2, result.ToString());
        result.Errors.ShouldContain("there is no file or folder 'no such file.sql'");
    }

    [Fact]
    public async Task since_a_branch_only_what_was_added_after_it_left_is_looked_at()
    {
        using var folder = new TestFolder();
        folder.Write("services/shop/lockkeeper.yaml", Yaml);
        folder.Write("services/shop/migrations/0001_old.up.sql", Worrying);
        await GitAsync(folder, "init", "-q", "-b", "main");
        await CommitAsync(folder, "old");
        await GitAsync(folder, "checkout", "-q", "-b", "branch");
        folder.Write("services/shop/migrations/0002_größe neu.up.sql", Bad);
        await CommitAsync(folder, "new");
        folder.Write("services/shop/migrations/0003_not_committed.up.sql", "TRUNCATE orders;\n");

        var result = await LkProcess.RunAsync(new LkCall("migrate", "lint", "--since", "main", "--format", "github") { Folder = folder["services/shop"] });
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("::error file=services/shop/migrations/0002_größe neu.up.sql,line=1,col=1,title=require-concurrent-index-creation::");
        result.Output.ShouldContain("0003_not_committed.up.sql");
        result.Output.ShouldNotContain("0001_old");

        var unknown = await LkProcess.RunAsync(new LkCall("migrate", "lint", "--since", "no-such-branch") { Folder = folder["services/shop"] });
        unknown.ExitCode.ShouldBe(2, unknown.ToString());
        unknown.Errors.ShouldContain("no-such-branch");
    }

    [Fact]
    public async Task a_new_file_before_one_that_the_other_branch_has_is_out_of_order_unless_the_project_allows_it()
    {
        using var folder = new TestFolder();
        folder.Write("lockkeeper.yaml", Yaml);
        folder.Write("migrations/0001_old.up.sql", "CREATE TABLE notes (id bigint PRIMARY KEY);\n");
        folder.Write("migrations/0003_theirs.up.sql", "CREATE TABLE others (id bigint PRIMARY KEY);\n");
        await GitAsync(folder, "init", "-q", "-b", "main");
        await CommitAsync(folder, "old");
        await GitAsync(folder, "checkout", "-q", "-b", "branch");
        folder.Write("migrations/0002_late.up.sql", "CREATE TABLE late (id bigint PRIMARY KEY);\n");
        folder.Write("migrations/0004_in_time.up.sql", "CREATE TABLE early (id bigint PRIMARY KEY);\n");
        await CommitAsync(folder, "new");

        var late = await LkProcess.RunAsync(new LkCall("migrate", "lint", "--since", "main", "--format", "github") { Folder = folder.Path });
        late.ExitCode.ShouldBe(1, late.ToString());
        late.Output.ShouldContain("::error file=migrations/0002_late.up.sql,line=1,col=1,title=out-of-order-migration::it stands before migrations/0003_theirs.up.sql, which is in place already");
        late.Output.ShouldNotContain("0004_in_time");

        folder.Write("lockkeeper.yaml", Yaml.Replace("engine: postgres", "engine: postgres, out_of_order: allow", StringComparison.Ordinal));
        var allowed = await LkProcess.RunAsync(new LkCall("migrate", "lint", "--since", "main") { Folder = folder.Path });
        allowed.ExitCode.ShouldBe(0, allowed.ToString());
    }

    [Fact]
    public async Task sarif_on_standard_output_is_json_and_nothing_else()
    {
        using var folder = new TestFolder();
        folder.Write("a.sql", Bad);
        var result = await Lint(folder, "a.sql", "--format", "sarif");
        JsonNode.Parse(result.Output)!["runs"]![0]!["results"]![0]!["ruleId"]!.GetValue<string>().ShouldBe("require-concurrent-index-creation");
        result.Errors.ShouldBeEmpty();
    }

    private static Task<LkResult> Lint(TestFolder folder, params string[] arguments) => LkProcess.RunAsync(new LkCall(["migrate", "lint", .. arguments]) { Folder = folder.Path });

    private static async Task CommitAsync(TestFolder folder, string message)
    {
        await GitAsync(folder, "add", "-A");
        await GitAsync(folder, "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", message);
    }

    private static async Task GitAsync(TestFolder folder, params string[] arguments)
    {
        var result = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(new ProcessSpec("git", arguments) { Folder = folder.Path }, TestContext.Current.CancellationToken);
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Lines.Select(line => line.Text)));
    }
}
