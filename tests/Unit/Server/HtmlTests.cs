using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Server.Portal;
using Lockkeeper.Server.Web;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class HtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("'><img src=x onerror=alert(1)>")]
    [InlineData("&lt;script&gt;")]
    public void what_comes_into_a_hole_stays_text(string text)
    {
        var html = Html.Of($"<p title=\"{text}\">{text}</p>").Text;
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<img");
        html.Count(letter => letter == '"').ShouldBe(2);
        WebUtility.HtmlDecode(html[(html.IndexOf('>', StringComparison.Ordinal) + 1)..^4]).ShouldBe(text);
    }

    [Fact]
    public void any_text_comes_out_of_a_page_as_it_went_in_and_brings_no_tag() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var html = Html.Of($"{text.Get}").Text;
            // What is no letter of Unicode, half a surrogate pair, becomes the replacement character.
            return !html.Contains('<', StringComparison.Ordinal) && !html.Contains('"', StringComparison.Ordinal) && (WebUtility.HtmlDecode(html) == text.Get || text.Get.Any(char.IsSurrogate));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_piece_in_a_hole_stays_a_piece() => Html.Of($"<ul>{new[] { "a", "<" }.Select(text => Html.Of($"<li>{text}</li>"))}</ul>").Text.ShouldBe("<ul><li>a</li><li>&lt;</li></ul>");

    [Fact]
    public void a_report_keeps_its_words_and_loses_its_secrets()
    {
        var redactor = new Redactor();
        redactor.Learn("hunter22");
        IReadOnlyList<Block> blocks = [new Heading("1 < 2"), new Line("password hunter22", Tone.Bad), new Code("-- </pre><script>"), new Table(["a"], [[new Cell("<b>", Tone.Good)]])];
        var html = ReportHtml.Of(blocks, redactor).Text;
        html.ShouldContain("<h2>1 &lt; 2</h2>");
        html.ShouldContain("<p class=\"bad\">password ***</p>");
        html.ShouldContain("-- &lt;/pre&gt;&lt;script&gt;");
        html.ShouldContain("<td class=\"good\">&lt;b&gt;</td>");
        html.ShouldNotContain("hunter22");
    }
}
