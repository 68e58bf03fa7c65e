using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Verbs;
using Lockkeeper.Migrate.Verbs.LintFormats;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Verbs;

public sealed class LintFormatTests
{
    private static readonly LintReport Report = new(
        3, 1, 2, 1,
        [
            Finding("renaming-column", "error", "column a,b: 100% of orders | <x> is called @team from now on", "db/ä b/0001 grün.sql", 7, 3, "ALTER TABLE orders RENAME COLUMN a TO b;"),
            Finding("ban-drop-table", "warning", "orders is dropped", "db/0002.sql", 1, 1, "DROP TABLE orders;"),
            Finding("ban-drop-table", "warning", "orders is dropped", "db/0002.sql", 9, 1, "DROP  TABLE orders;"),
            Finding("prefer-jsonb", "info", "extra is of type json", "db/0002.sql", 3, 5, "extra json"),
        ],
        [new SuppressedLintFinding("ban-truncate", "all rows of orders are deleted", "db/0003.sql", 4, "a cache, filled again by itself")],
        ["prod could not be asked"],
        [Rule("ban-drop-table", "warning"), Rule("ban-truncate", "warning"), Rule("prefer-jsonb", "warning"), Rule("renaming-column", "error")]);

    [Theory]
    [InlineData("sarif", "json")]
    [InlineData("gitlab", "json")]
    [InlineData("github", "txt")]
    [InlineData("markdown", "md")]
    public void a_report_reads_as_the_format_has_it(string format, string extension) =>
        Golden.Check($"tests/Unit/Migrate/Verbs/Golden/lint-{format}.{extension}", Text(Report, format).Replace($"\"{Version}\"", "\"VERSION\"", StringComparison.Ordinal));

    [Theory]
    [InlineData("sarif")]
    [InlineData("gitlab")]
    [InlineData("github")]
    [InlineData("markdown")]
    public void a_report_without_findings_is_complete_too(string format) =>
        Text(new LintReport(5, 0, 0, 0, [], [], [], []), format).ShouldNotBeEmpty();

    [Fact]
    public void sarif_has_every_field_that_its_schema_and_code_scanning_ask_for()
    {
        var log = JsonNode.Parse(Text(Report, "sarif"))!;
        log["version"]!.GetValue<string>().ShouldBe("2.1.0");
        var run = log["runs"]!.AsArray().ShouldHaveSingleItem()!;
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        foreach (var result in run["results"]!.AsArray())
        {
            result!["message"]!["text"]!.GetValue<string>().ShouldNotBeEmpty();
            rules[result["ruleIndex"]!.GetValue<int>()]!["id"]!.GetValue<string>().ShouldBe(result["ruleId"]!.GetValue<string>());
            result["level"]!.GetValue<string>().ShouldBeOneOf("none", "note", "warning", "error");
            var place = result["locations"]![0]!["physicalLocation"]!;
            Uri.IsWellFormedUriString(place["artifactLocation"]!["uri"]!.GetValue<string>(), UriKind.Relative).ShouldBeTrue();
            place["region"]!["startLine"]!.GetValue<int>().ShouldBeGreaterThan(0);
        }

        run["results"]!.AsArray().Single(result => result!["suppressions"] is not null)!["suppressions"]![0]!["justification"]!.GetValue<string>().ShouldBe("a cache, filled again by itself");
    }

    [Fact]
    public void a_fingerprint_stays_when_lines_move_and_differs_between_two_findings()
    {
        var moved = Report with { Findings = [.. Report.Findings.Select(finding => finding with { Line = finding.Line + 10 })] };
        var fingerprints = Fingerprints(Report);
        Fingerprints(moved).ShouldBe(fingerprints);
        fingerprints.ShouldBeUnique();
    }

    [Fact]
    public void a_comment_fits_where_comments_are_limited()
    {
        var many = Enumerable.Range(1, 5_000).Select(number => Finding("ban-drop-table", number % 2 == 0 ? "warning" : "info", $"table number {number} is dropped", $"db/{number / 10}.sql", number, 1, "DROP TABLE x;"));
        var text = Text(Report with { Findings = [.. many] }, "markdown");
        text.Length.ShouldBeLessThan(65_536);
        text.ShouldEndWith("more did not fit here: `lk migrate lint` shows them.\n");
    }

    [Fact]
    public void paths_are_from_the_root_of_the_repository()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder[".git"]);
        Directory.CreateDirectory(folder["services/shop"]);
        RepositoryPaths.Of(folder["services/shop"]).To("migrations/1.sql").ShouldBe("services/shop/migrations/1.sql");
        RepositoryPaths.Of(folder.Path).To("migrations/1.sql").ShouldBe("migrations/1.sql");
    }

    private static string Version => typeof(LintFormat).Assembly.GetName().Version!.ToString(3);

    private static IReadOnlyList<string> Fingerprints(LintReport report) => [.. JsonNode.Parse(Text(report, "gitlab"))!.AsArray().Select(problem => problem!["fingerprint"]!.GetValue<string>())];

    /// <summary>In a folder that belongs to no repository.</summary>
    private static string Text(LintReport report, string format) => LintFormat.Of(report, format, Path.GetTempPath()).ShouldHaveSingleItem().ShouldBeOfType<Code>().Text;

    private static LintFinding Finding(string rule, string severity, string message, string file, int line, int column, string source) =>
        new("shop", "0001", rule, severity, message, file, line, column, source, "Do it otherwise: in two steps.", "public.orders");

    private static RuleReport Rule(string id, string severity) => new(id, "a title", severity, "recommended", "0.1.0", "It goes wrong.", "Do it otherwise.", []);
}
