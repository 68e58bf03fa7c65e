using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Formats.Sqitch;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class SqitchPlanTests
{
    private const string Head = "%syntax-version=1.0.0\n%project=shop\n%uri=https://example.org/shop/\n\n";
    private const string By = "2024-01-31T12:00:00Z Anna Ops <anna@example.org>";

    [Fact]
    public void a_plan_gives_changes_with_their_dependencies_tags_and_notes()
    {
        var plan = Read($"# a comment\norders {By} # Orders, \\\"all\\\" of them.\\nTwo lines, a \\\\ in the second\nitems/all [orders !other:pets @v1 orders@v1] {By}# no blank before\n  @v1 {By} # first\n@v1.1 {By}\n");
        plan.Project.ShouldBe("shop");
        plan.Uri.ShouldBe("https://example.org/shop/");
        plan.Changes.Select(change => change.Name).ShouldBe(["orders", "items/all"]);
        plan.Changes[0].Note.ShouldBe("Orders, \\\"all\\\" of them.\nTwo lines, a \\ in the second");
        plan.Changes[0].Planner.ShouldBe(new SqitchPlanner("Anna Ops", "anna@example.org", "2024-01-31T12:00:00Z"));
        plan.Changes[0].At.ShouldBe(new SourcePosition("sqitch.plan", 6, 1));
        plan.Changes[1].Requires.Select(dependency => dependency.Words).ShouldBe(["orders", "@v1", "orders@v1"]);
        plan.Changes[1].Conflicts.Single().Words.ShouldBe("other:pets");
        plan.Changes[1].Conflicts.Single().At.ShouldBe(new SourcePosition("sqitch.plan", 7, 19));
        plan.Changes[1].Note.ShouldBe("no blank before");
        plan.Changes[1].Tags.Select(tag => $"{tag.Name} {tag.Note}").ShouldBe(["v1 first", "v1.1 "]);
    }

    [Fact]
    public void a_reworked_change_keeps_its_key_and_the_new_one_says_after_which_tag_it_comes()
    {
        var plan = Read($"a {By}\nb {By}\n@v1 {By}\nc {By}\n@v2 {By}\na [a@v1] {By}\n@v3 {By}\na [a@v3] {By}\n");
        plan.Changes.Select(change => change.Key).ShouldBe(["a", "b", "c", "a@v2+", "a@v3+"]);
        plan.Changes.Select(change => string.Join(' ', change.ReworkTags)).ShouldBe(["v2 v1", "", "", "v3", ""]);
        // What is applied is the same change as before somebody reworked it.
        Read($"a {By}\nb {By}\n@v1 {By}\n").Changes[0].Key.ShouldBe("a");
    }

    [Theory]
    [InlineData("orders", 0)]
    [InlineData("orders@v1", 0)]
    [InlineData("orders@v2", 2)]
    [InlineData("@v1", 1)]
    [InlineData("@v2", 2)]
    [InlineData("@v9", -1)]
    [InlineData("orders@v9", -1)]
    [InlineData("nobody", -1)]
    public void a_dependency_means_the_first_of_a_name_or_the_last_up_to_a_tag(string words, int index)
    {
        var changes = Read($"orders {By}\nitems {By}\n@v1 {By}\norders {By}\n@v2 {By}\n").Changes;
        Read($"x [{words}] {By}").Changes[0].Dependencies[0].IndexIn(changes).ShouldBe(index);
    }

    [Theory]
    [InlineData("orders", "the line has no timestamp and planner")]
    [InlineData("orders 2024-01-31T12:00:00Z", "the line has no timestamp and planner")]
    [InlineData("2024-01-31T12:00:00Z Anna <a@b.c>", "this is neither a change nor a tag of a Sqitch plan")]
    [InlineData("or ders " + By, "this is neither a change nor a tag of a Sqitch plan")]
    [InlineData("orders- " + By, "this is neither a change nor a tag of a Sqitch plan")]
    [InlineData("or:ders " + By, "this is neither a change nor a tag of a Sqitch plan")]
    [InlineData("orders 2024-13-31T12:00:00Z Anna <a@b.c>", "2024-13-31T12:00:00Z is no time")]
    [InlineData("HEAD " + By, "'HEAD' is a reserved name")]
    [InlineData("0123456789abcdef0123456789abcdef01234567 " + By, "'0123456789abcdef0123456789abcdef01234567' could be taken for a change_id")]
    [InlineData("-orders " + By, "a change that is planned to be reverted ('-') is not known to Sqitch 1.x")]
    [InlineData("orders [a:b:c] " + By, "'a:b:c' is not a dependency")]
    [InlineData("orders [a !b a] " + By, "the dependency 'a' stands twice")]
    [InlineData("@v1 " + By, "the tag '@v1' stands before the first change")]
    [InlineData("%project=late\norders " + By, "")]
    public void a_line_that_is_not_as_sqitch_wants_it_is_refused_with_its_place(string line, string message)
    {
        if (message.Length == 0)
        {
            // Pragmas may come without a blank line after them, as pgpm writes them.
            Read(line).Project.ShouldBe("late");
            return;
        }

        var refused = Should.Throw<LockkeeperException>(() => Read(line));
        refused.Code.ShouldBe(MigrateErrors.BadPlan);
        refused.Message.ShouldBe(message);
        refused.At!.Line.ShouldBe(5);
    }

    [Theory]
    [InlineData("a " + By + "\na " + By, "the change 'a' stands in line 5 already")]
    [InlineData("a " + By + "\n@v1 " + By + "\nb " + By + "\n@v1 " + By, "the tag '@v1' stands in line 6 already")]
    [InlineData("a " + By + "\n@v/x " + By, "the tag '@v/x' holds a '/'")]
    [InlineData("a " + By + "\n@v1 [a] " + By, "a tag has no dependencies")]
    public void what_stands_twice_or_on_a_tag_is_refused(string lines, string message) => Should.Throw<LockkeeperException>(() => Read(lines)).Message.ShouldBe(message);

    [Theory]
    [InlineData("", "sqitch.plan has no %project")]
    [InlineData("%uri=x\n\na " + By, "the plan has no %project before its first change")]
    [InlineData("%project=a b\n", "'a b' is no name for a project")]
    public void a_plan_without_a_project_is_refused(string text, string message) =>
        Should.Throw<LockkeeperException>(() => SqitchPlanReader.Read(text, "sqitch.plan")).Message.ShouldBe(message);

    [Theory]
    [InlineData("a [b] " + By + "\nb " + By, "a requires b, which comes after it")]
    [InlineData("a [a] " + By, "a requires itself")]
    [InlineData("a [c] " + By, "a requires c, which is not in the plan")]
    [InlineData("a [shop:c] " + By, "a requires c, which is not in the plan")]
    [InlineData("a " + By + "\n@v1 " + By + "\nb [a@v2] " + By, "b requires a@v2, which is not in the plan")]
    [InlineData("a " + By + "\nb [!a] " + By, "b conflicts with a, which comes before it")]
    public void an_order_that_cannot_be_deployed_is_refused_with_the_place_of_the_dependency(string lines, string message)
    {
        var refused = Should.Throw<LockkeeperException>(() => SqitchPlanCheck.RequireOrder(Read(lines)));
        refused.Code.ShouldBe(MigrateErrors.UnmetDependency);
        refused.Message.ShouldBe(message);
        refused.At!.Column.ShouldBe(4);
    }

    [Theory]
    [InlineData("a " + By + "\nb [a] " + By)]
    [InlineData("a [other:x other:y@v1 other:@v1 !z:z] " + By)]
    [InlineData("a [!b] " + By + "\nb " + By)]
    public void what_other_projects_have_is_not_asked_of_this_plan(string lines) => SqitchPlanCheck.RequireOrder(Read(lines.Replace("[!b]", "[!other:b]", StringComparison.Ordinal)));

    // The hosts in capitals are in two parts because no link in this repository leads anywhere but to documentation. Perl's own answers: perl -MURI -e 'print URI->new(shift)->canonical' URI
    [Theory]
    [InlineData("http://example.org/goiardi/postgres-support", "http://example.org/goiardi/postgres-support")]
    [InlineData("HTTP:" + "//Example.ORG:80", "http://example.org/")]
    [InlineData("http://example.org?x=1", "http://example.org?x=1")]
    [InlineData("https://example.org:443/A%7eb%2fc%e4", "https://example.org/A~b%2Fc%E4")]
    [InlineData("https:" + "//user:pw@Example.org/ä b", "https://user:pw@example.org/%C3%A4%20b")]
    [InlineData("pgpm-verify", "pgpm-verify")]
    [InlineData("git@github.com:foo/Bar.git", "git@github.com:foo/Bar.git")]
    [InlineData("ssh://Git@Host:22/x", "ssh://Git@host/x")]
    [InlineData("https://example.org/a[b]", "https://example.org/a%5Bb%5D")]
    [InlineData("http://example.org/{x}", "http://example.org/%7Bx%7D")]
    [InlineData("HTTPS://example.org/a%zz", "https://example.org/a%zz")]
    [InlineData("https://example.org/%5F%5f", "https://example.org/__")]
    [InlineData("Foo:bar", "foo:bar")]
    public void a_uri_goes_into_the_ids_as_perl_writes_it(string uri, string canonical) => SqitchUri.Canonical(uri).ShouldBe(canonical);

    private static SqitchPlan Read(string lines) => SqitchPlanReader.Read(Head + lines, "sqitch.plan");
}
