using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server;
using Lockkeeper.Server.Access;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class GrantTests
{
    [Theory]
    [InlineData("viewer", "viewer")]
    [InlineData(" DBA@prod ", "dba@prod")]
    [InlineData("operator@prod/shop", "operator@prod/shop")]
    [InlineData("dba@*/shop", "dba@*/shop")]
    [InlineData("dba@*", "dba")]
    public void a_role_is_written_with_its_place(string text, string written) => Grant.Parse(text).ToString().ShouldBe(written);

    [Theory]
    [InlineData("")]
    [InlineData("owner")]
    [InlineData("4")]
    [InlineData("viewer,dba")]
    [InlineData("dba@")]
    [InlineData("dba@prod/")]
    [InlineData("dba@prod/shop/orders")]
    public void what_is_no_role_is_refused(string text) => Should.Throw<LockkeeperException>(() => Grant.Parse(text)).Code.ShouldBe(ServerErrors.BadGrant);

    [Fact]
    public void a_grant_for_one_place_covers_no_other_and_not_all_of_them()
    {
        var grant = Grant.Parse("dba@staging/shop");
        grant.Covers(Role.Dba, "staging", "shop").ShouldBeTrue();
        grant.Covers(Role.Viewer, "staging", "shop").ShouldBeTrue();
        grant.Covers(Role.Admin, "staging", "shop").ShouldBeFalse();
        grant.Covers(Role.Viewer, "prod", "shop").ShouldBeFalse();
        grant.Covers(Role.Viewer, "staging", "other").ShouldBeFalse();
        grant.Covers(Role.Viewer, "staging", null).ShouldBeFalse();
        grant.Covers(Role.Viewer, null, null).ShouldBeFalse();
    }

    [Fact]
    public void what_is_written_reads_the_same()
    {
        var places = Gen.Elements<string?>(null, "dev", "prod", "shop");
        var grants = from role in Gen.Elements(Enum.GetValues<Role>()) from environment in places from database in places select new Grant(role, environment, database);
        Prop.ForAll(grants.ToArbitrary(), grant => Grant.Parse(grant.ToString()) == grant).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void a_token_may_never_more_than_its_owner_and_never_more_than_it_says()
    {
        var places = Gen.Elements<string?>(null, "dev", "prod");
        var grants = from role in Gen.Elements(Enum.GetValues<Role>()) from environment in places select new Grant(role, environment);
        var calls = from owner in grants.ListOf(2) from limit in grants.ListOf(2) from role in Gen.Elements(Enum.GetValues<Role>()) from environment in places select (owner, limit, role, environment);
        Prop.ForAll(calls.ToArbitrary(), call =>
        {
            var token = new Caller("ada", [.. call.owner]) { Limit = [.. call.limit] };
            var expected = new Caller("ada", [.. call.owner]).May(call.role, call.environment) && new Caller("ada", [.. call.limit]).May(call.role, call.environment);
            return token.May(call.role, call.environment) == expected;
        }).QuickCheckThrowOnFailure();
    }
}
