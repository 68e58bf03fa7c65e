using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

public sealed class SyntaxPositionTests
{
    [Theory]
    [InlineData("select 'äöü\U0001D11E', 1 fromm x y")]
    [InlineData("select\n\t'ä' as")]
    [InlineData("create table über (a int,,)")]
    [InlineData("sel")]
    public async Task the_grammar_points_where_the_server_points(string sql)
    {
        var statement = SqlSplitter.Split($"/* ä */ {sql}", "a.sql").ShouldHaveSingleItem();
        var ours = Should.Throw<LockkeeperException>(() => SqlParser.Analyze(statement));
        await using var database = await TestDatabase.CreateAsync();
        var theirs = await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync(statement.Text));
        ours.Message.ShouldBe(theirs.MessageText);
        ours.At.ShouldBe(statement.PositionOf(theirs.Position - 1));
    }
}
