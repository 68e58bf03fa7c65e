using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

/// <summary>The splitter against psql itself.</summary>
public sealed class SplittingLikePsqlTests(PsqlOracle psql) : IClassFixture<PsqlOracle>
{
    [Fact]
    public Task graphile_worker() => SameAsync(
        Corpora.GraphileWorker.Select(file => File.ReadAllText(file).Replace(":GRAPHILE_WORKER_SCHEMA", "graphile_worker", StringComparison.Ordinal)),
        "CREATE SCHEMA graphile_worker");

    [Fact]
    public Task stripe_sync_engine() => SameAsync(
        Corpora.StripeSyncEngine.Select(File.ReadAllText), "CREATE SCHEMA stripe");

    [Fact]
    public Task world_postgres() => SameAsync(Corpora.WorldPostgres.Select(File.ReadAllText));

    [Fact]
    public Task pgflow() => SameAsync(Corpora.Pgflow.Select(File.ReadAllText));

    [Fact]
    public Task openqa_upgrades() => SameAsync(
        Corpora.OpenQaDeploy(63).Concat(Enumerable.Range(63, 35).SelectMany(Corpora.OpenQaUpgrade)).Select(File.ReadAllText));

    [Fact]
    public Task openqa_snapshots() => SameAsync(
        Enumerable.Range(63, 36).Where(version => version % 7 == 0).SelectMany(Corpora.OpenQaDeploy).Select(File.ReadAllText));

    [Theory]
    [InlineData("select 1; select 2 -- a;\n; /* b; /* c; */ d; */ select 3 /* e; */;;; ; select 4")]
    [InlineData("select 'a;''b;', E'c\\';d', e'\\\\'; select U&'\\0061;', U&\"f;\" from (select 1 as \"f;\") x; select B'01', X'1F', N'g;'")]
    [InlineData("select '\\'; select '\\';")]
    [InlineData("select $$a;b$$, $t$;$$;$u$;$t$, $ä$;$ä$; select a$b$; select a$b$ from (select 1 as a$b$) y;")]
    [InlineData("select $1; select 1$a$;$a$; select $1$a$;$a$;")]
    [InlineData("create or replace function f(a int) returns int begin atomic select case when a > 1 then 2 end; select 3; end; select 1;")]
    [InlineData("create procedure p() begin atomic insert into t values (1); end; select 1; create function g() returns int return 1; select 2;")]
    [InlineData("create function h() returns int language sql as 'select 1; select 2'; begin; select case when true then 1 end; end;")]
    [InlineData("create function \"begin\"() returns int language sql as ''; select 2;")]
    [InlineData("create function begin() returns int language sql as ''; select 2; end; select 3;")]
    [InlineData("create rule r as on insert to t do also (select 1; select 2); select 3;")]
    [InlineData("select (1; 2); select 3); select 4;")]
    [InlineData("select 1 */* ; */ 2; select 1 +-- ;\n 2; select 1 - -1; select 2 @- 3; select /*/ ; */ 4; select /**/ 5 /***/;")]
    [InlineData("select 'a'\n  'b;'; select 'a' -- c\n 'b'; select 'a' /* c */\n 'b;';")]
    [InlineData("select 1 -- a\r; select 2;\r\nselect 3;\r\n")]
    [InlineData("select type'a;'; select xe'a\\'; select 1;")]
    [InlineData("create table t (a int);\ncopy t from stdin;\n1\n2\n\\.\nselect 5;\ncopy t from stdin with (format csv);\r\n3\r\n\\.\nselect 6")]
    [InlineData("create table t (a int);\ncopy t from stdin;\n1\n2")]
    [InlineData("create table t (a int); copy t to stdout; copy (select a from t) to stdout; copy t from stdout;\n1\n\\.\nselect 7;")]
    [InlineData("\uFEFFselect 'ä', \U0001D11E from t; select über from ü;")]
    [InlineData("select a::int, b:=c, d:e, f from t[1:2]; select 1;")]
    [InlineData("select 1e5, 1.5e-3, 1..2, 0x1F, 1_000, 1e, 1e-, .5; select 1;")]
    public Task scripts_made_to_be_hard(string script) => SameAsync([script]);

    private async Task SameAsync(IEnumerable<string> scripts, string? before = null)
    {
        await using var database = await TestDatabase.CreateAsync(cluster: psql.Cluster);
        if (before is not null)
            await database.ExecuteAsync(before);
        foreach (var script in scripts)
        {
            var ours = SqlSplitter.Split(script, "script.sql").Select(statement => statement.Text).ToList();
            var sent = await psql.StatementsAsync(database, script);
            for (var i = 0; i < Math.Min(sent.Count, ours.Count); i++)
                PsqlOracle.IsSame(sent[i], ours[i]).ShouldBeTrue($"statement {i}; psql sent:\n{sent[i]}\nours:\n{ours[i]}");
            ours.Count.ShouldBe(sent.Count);
        }
    }
}
