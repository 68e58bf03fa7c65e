using Lockkeeper.Provision.PostgreSql.Comparing;
using Lockkeeper.Provision.PostgreSql.Reading;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Provision;

/// <summary>Values of parameters mean what PostgreSQL takes them for, however they are written.</summary>
public sealed class ParameterValueTests
{
    [Theory]
    [InlineData("8kB", "integer", "1GB", "131072")]
    [InlineData("8kB", "integer", "1024MB", "131072")]
    [InlineData("8kB", "integer", "131072", "131072")]
    [InlineData("8kB", "integer", "0.5GB", "65536")]
    [InlineData("kB", "integer", "64MB", "65536")]
    [InlineData("MB", "integer", "1GB", "1024")]
    [InlineData("ms", "integer", "30s", "30000")]
    [InlineData("s", "integer", "15min", "900")]
    [InlineData("ms", "integer", "-1", "-1")]
    [InlineData("min", "integer", "1d", "1440")]
    [InlineData("ms", "real", "2.5", "2.5")]
    [InlineData(null, "real", "1e-2", "0.01")]
    [InlineData(null, "bool", "yes", "on")]
    [InlineData(null, "bool", "FALSE", "off")]
    [InlineData(null, "bool", "1", "on")]
    public void one_meaning_has_one_form(string? unit, string type, string text, string canonical)
    {
        ParameterValue.Read(Parameter("p", unit, type), text, out var read).ShouldBeNull();
        read.ShouldBe(canonical);
    }

    [Theory]
    [InlineData("search_path", "\"$user\", public", "\"$user\",public")]
    [InlineData("shared_preload_libraries", "pg_stat_statements,auto_explain", " pg_stat_statements , auto_explain ")]
    public void the_blanks_of_a_list_do_not_matter(string name, string one, string other)
    {
        ParameterValue.Read(Parameter(name, null, "string"), one, out var first);
        ParameterValue.Read(Parameter(name, null, "string"), other, out var second);
        first.ShouldBe(second);
    }

    [Theory]
    [InlineData("8kB", "131072", "1GB")]
    [InlineData("8kB", "16384", "128MB")]
    [InlineData("8kB", "3", "24kB")]
    [InlineData("ms", "90000", "90s")]
    [InlineData("ms", "-1", "-1")]
    [InlineData("s", "0", "0")]
    [InlineData(null, "", "''")]
    public void people_see_units(string? unit, string canonical, string shown) => ParameterValue.Show(Parameter("p", unit, "integer"), canonical).ShouldBe(shown);

    [Theory]
    [InlineData("MB", "12 parsecs")]
    [InlineData(null, "12MB")]
    [InlineData("MB", "many")]
    [InlineData("MB", "")]
    public void what_the_server_would_refuse_is_said(string? unit, string text) => ParameterValue.Read(Parameter("p", unit, "integer"), text, out _).ShouldNotBeNull();

    [Theory]
    [InlineData("search_path", "\"$user\", public", "'$user', 'public'")]
    [InlineData("search_path", "", "''")]
    [InlineData("work_mem", "8MB", "'8MB'")]
    [InlineData("log_line_prefix", "it's", "'it''s'")]
    [InlineData("shared_preload_libraries", "a, b", "'a', 'b'")]
    public void a_list_is_sent_item_by_item_and_anything_else_as_one_text(string name, string text, string sql) => ParameterValue.Sql(name, text).ShouldBe(sql);

    private static LiveParameter Parameter(string name, string? unit, string type) => new(name, "", unit, type, "user", null, null, [], "default", "", PendingRestart: false, null, IsSystem: false);
}
