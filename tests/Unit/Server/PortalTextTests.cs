using System.Net;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server;
using Lockkeeper.Server.Portal;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Portal.Pages;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

/// <summary>What others have written, as it comes onto pages and into files.</summary>
public sealed class PortalTextTests
{
    [Theory]
    [InlineData("-- <script>alert(1)</script>\nSELECT 1;")]
    [InlineData("/* </pre><img src=x onerror=alert(1)> /* deeper */ */ SELECT '</span><script>'")]
    [InlineData("SELECT $tag$<b>'$tag$, \"<i>\", E'\\'<u>'")]
    [InlineData("SELECT 'not closed <script>")]
    [InlineData("/* not closed <script>")]
    public void marked_sql_says_what_the_file_says_and_brings_no_tag_of_its_own(string sql)
    {
        var html = SqlHtml.Of(sql).Text;
        Regex.Replace(html, "</?span[^>]*>", "").ShouldNotContain("<");
        WebUtility.HtmlDecode(Regex.Replace(html, "</?span[^>]*>", "")).ShouldBe(sql);
        Regex.Matches(html, "<[^/][^>]*>").Select(tag => tag.Value).ShouldAllBe(tag => Regex.IsMatch(tag, "^<span class=\"sql-[a-z]+\">$"));
    }

    [Fact]
    public void any_text_is_marked_without_a_loss() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        text.Get.Any(char.IsSurrogate) || WebUtility.HtmlDecode(Regex.Replace(SqlHtml.Of(text.Get).Text, "</?span[^>]*>", "")) == text.Get).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData(null, "")]
    public void a_field_of_the_export_is_a_text_for_a_spreadsheet(string? text, string field) => LedgerExport.Field(text).ShouldBe(field);

    [Fact]
    public void a_document_brings_no_html_and_leads_nowhere_but_to_documents_and_openly_elsewhere()
    {
        var page = MarkdownHtml.Of("# The *title*\n<!-- a remark -->\n<script>alert(1)</script> [verbs](reference/verbs.md#lk-init) [code](../src/x.cs) [bad](javascript:alert(1)) <javascript:alert(2)> [out](https://example.com/)\n\n| a |\n|---|\n| <b>x</b> |\n", "server");
        page.Title.ShouldBe("The title");
        page.Body.Text.ShouldNotContain("<script");
        page.Body.Text.ShouldNotContain("<b>");
        page.Body.Text.ShouldNotContain("href=\"javascript");
        page.Body.Text.ShouldNotContain("a remark");
        page.Body.Text.ShouldContain("href=\"/docs/reference/verbs#lk-init\"");
        page.Body.Text.ShouldContain("href=\"https://example.com/\"");
        page.Body.Text.ShouldContain("<div class=\"wide\" tabindex=\"0\"><table>");
    }

    [Fact]
    public void every_document_has_a_title_and_renders()
    {
        Docs.Names.ShouldContain("reference/verbs");
        Docs.Names.ShouldContain("duties/migrate");
        foreach (var name in Docs.Names)
            MarkdownHtml.Of(Docs.Read(name), name).Title.Length.ShouldBeGreaterThan(2, name);
    }

    [Theory]
    [InlineData(0, "bytes", "0 B")]
    [InlineData(1536, "bytes", "1.5 KiB")]
    [InlineData(3_145_728, "bytes_per_second", "3 MiB/s")]
    [InlineData(0.0000271, "seconds", "27.1 µs")]
    [InlineData(90, "seconds", "90 s")]
    [InlineData(86_400, "seconds", "24 h")]
    [InlineData(0.9987, "ratio", "99.9 %")]
    [InlineData(12_345, "number", "12.3k")]
    [InlineData(56.34, "per_second", "56.3/s")]
    public void a_figure_has_its_unit(double value, string unit, string words) => Quantity.Words(value, unit).ShouldBe(words);

    [Fact]
    public void a_chart_has_a_name_a_gap_where_nothing_is_known_and_its_numbers_as_a_table()
    {
        var from = new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
        var chart = new Chart("Size", "Databases.", "bytes", false, [new ChartLine("</title><script>", [1024, 2048, null, 4096]), new ChartLine("other", [null, null, null, null])]);
        var html = ChartHtml.Of(chart, new ChartTime(from, from.AddMinutes(3), TimeSpan.FromMinutes(1), [new ChartMark(from.AddMinutes(1), "apply <b>", "r1")])).Text;
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<b>\"");
        html.ShouldContain("role=\"img\" aria-label=\"Size: ");
        html.ShouldContain("now 4 KiB, from 1 KiB to 4 KiB");
        // Two strokes: up to the gap, and after it.
        Regex.Match(html, "class=\"line s0\" d=\"([^\"]*)\"").Groups[1].Value.Count(letter => letter == 'M').ShouldBe(2);
        html.ShouldContain("<title>10:01:00 apply &lt;b&gt;</title>");
        html.ShouldContain("<td class=\"number\">2 KiB</td>");
    }

    [Theory]
    [InlineData("../evil", "shop", "dev", "15", "5444")]
    [InlineData("Shop", "shop", "dev", "15", "5444")]
    [InlineData("shop\nadmin: x", "shop", "dev", "15", "5444")]
    [InlineData("shop", "shop: {}", "dev", "15", "5444")]
    [InlineData("shop", "pg_monitor", "dev", "15", "5444")]
    [InlineData("shop", "shop", "elsewhere", "15", "5444")]
    [InlineData("shop", "shop", "dev", "9", "5444")]
    [InlineData("shop", "shop", "dev", "15", "22")]
    public void what_cannot_be_a_cluster_is_refused(string name, string owner, string environment, string version, string port) => Should.Throw<LockkeeperException>(() => ClusterRequest.Of(Form(name, owner, environment, version, port), ["dev"])).Code.ShouldBe(ServerErrors.BadClusterRequest);

    [Fact]
    public void what_is_asked_for_is_declared_without_a_password()
    {
        var request = ClusterRequest.Of(Form("shop-dev", "shop_team", "dev", "15", "5444"), ["dev"]);
        request.Url.ShouldBe("postgres://shop_team@127.0.0.1:5444/shop_dev");
        request.Yaml("ada").ShouldContain("admin: \"${env:SHOP_DEV_ADMIN_URL}\"");
    }

    private static FormCollection Form(string name, string owner, string environment, string version, string port) => new(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>
    {
        ["name"] = name, ["owner"] = owner, ["environment"] = environment, ["version"] = version, ["port"] = port, ["engine"] = "postgres", ["size"] = "small",
    });
}
